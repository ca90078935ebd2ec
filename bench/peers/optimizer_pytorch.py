# Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
"""One step of an optimizer in PyTorch, the faster of a loop over tensors and all at once: optimizer_pytorch.py NAME WEIGHTS"""

import os
import statistics
import sys
import time

import torch

name, size = sys.argv[1], int(sys.argv[2]) // 16 * 16
torch.set_num_threads(int(os.environ["BENCH_THREADS"]))
torch.set_flush_denormal(True)
kinds = {"sgd": (torch.optim.SGD, {"lr": 0.01}, 0), "sgd_momentum": (torch.optim.SGD, {"lr": 0.01, "momentum": 0.9}, 1),
         "adam": (torch.optim.Adam, {}, 2), "adamw": (torch.optim.AdamW, {}, 2),
         "rmsprop": (torch.optim.RMSprop, {}, 1)}
kind, options, states = kinds[name]
best = []
for foreach in (False, True):
    w = torch.nn.Parameter(torch.arange(size) % 1000 * 1e-4)
    w.grad = w.detach().clone()
    optimizer = kind([w], foreach=foreach, **options)
    repeats = max(1, 10_000_000 // size)
    times = []
    for _ in range(9):
        begin = time.perf_counter()
        for _ in range(repeats):
            optimizer.step()
        times.append((time.perf_counter() - begin) / repeats)
    best.append(statistics.median(times))
print(f"microseconds {min(best) * 1e6:.3f}\ngbytes {(3 + 2 * states) * 4 * size / min(best) / 1e9:.3f}")
