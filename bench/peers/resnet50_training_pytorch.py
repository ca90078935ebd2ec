# Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
"""Training of ResNet-50 in PyTorch by batches: resnet50_training_pytorch.py SAMPLES. Channels are last, and gradients dropped
behind each step: that holds less than channels first, or gradients that stay."""

import os
import pathlib
import statistics
import sys
import time

import torch
from torch import nn

from resnet50_pytorch import megabytes, network

def train(samples):
    torch.set_num_threads(int(os.environ["BENCH_THREADS"]))
    torch.manual_seed(7)
    net = network().train()
    x = torch.randn(samples, 3, 224, 224)
    y = 37 * torch.arange(samples) % 1000
    net, x = net.to(memory_format=torch.channels_last), x.to(memory_format=torch.channels_last)
    optimizer = torch.optim.SGD(net.parameters(), 0.01, momentum=0.9)
    loss = nn.CrossEntropyLoss()

    def step():
        loss(net(x), y).backward()
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)

    step()
    pathlib.Path("/proc/self/clear_refs").write_text("5")  # the peak from here on
    times = []
    for _ in range(2):
        begin = time.perf_counter()
        step()
        times.append(time.perf_counter() - begin)
    parameters = sum(each.numel() for each in net.parameters()) * 4 / 2**20
    states = sum(each.numel() for state in optimizer.state.values() for each in state.values() if torch.is_tensor(each)) * 4 / 2**20
    print(f"megabytes {megabytes():.0f}")
    print(f"weights {parameters + states:.0f}")
    print(f"seconds {statistics.median(times):.3f}")


if __name__ == "__main__":
    train(int(sys.argv[1]))
