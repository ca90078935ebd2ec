# Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
"""Softmax, or a loss with its derivative, over 1,024 rows of 10 in PyTorch: losses_pytorch.py NAME"""

import statistics
import sys
import time

import torch

name = sys.argv[1]
torch.set_num_threads(1)
rows, classes = 1024, 10
x = (torch.arange(rows * classes) * 2654435761 % 1000 / 250 - 2).reshape(rows, classes).requires_grad_(name != "softmax")
labels = torch.arange(rows) % classes
targets = torch.zeros(rows, classes)


def run():
    if name == "softmax":
        torch.softmax(x, 1)
        return
    loss = torch.nn.functional.cross_entropy(x, labels) if name == "cross_entropy" else torch.nn.functional.mse_loss(x, targets)
    torch.autograd.grad(loss, x)


times = []
for _ in range(11):
    begin = time.perf_counter()
    for _ in range(200):
        run()
    times.append((time.perf_counter() - begin) / 200)
print(f"gbytes {8 * rows * classes / statistics.median(times) / 1e9:.3f}")
