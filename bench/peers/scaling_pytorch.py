# Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
"""Trains a network of DEPTH hidden layers of WIDTH on noise in PyTorch at batch 32: scaling_pytorch.py WIDTH DEPTH"""

import os
import sys
import time

import torch

width, depth = map(int, sys.argv[1:])
torch.set_num_threads(int(os.environ["BENCH_THREADS"]))
torch.set_flush_denormal(True)
layers = []
for _ in range(depth):
    layers += [torch.nn.Linear(width, width), torch.nn.ReLU()]
net = torch.nn.Sequential(*layers, torch.nn.Linear(width, 10))
parameters = sum(each.numel() for each in net.parameters())
samples = int(min(max(1e10 / (6 * parameters), 64), 10_000)) // 32 * 32
x = torch.rand(samples, width) + 0.01
y = torch.arange(samples) % 10
optimizer = torch.optim.Adam(net.parameters())
fastest = 1e9
for _ in range(4):
    begin = time.perf_counter()
    for first in range(0, samples, 32):
        optimizer.zero_grad(set_to_none=True)
        torch.nn.functional.cross_entropy(net(x[first:first + 32]), y[first:first + 32]).backward()
        optimizer.step()
    fastest = min(fastest, time.perf_counter() - begin)
print(f"gflops {(6 * parameters - 2 * width * width) * samples / fastest / 1e9:.3f}")
print(f"microseconds {fastest / samples * 1e6:.3f}\nparameters {parameters}")
