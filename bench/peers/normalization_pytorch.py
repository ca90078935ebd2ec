# Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
"""A layer that normalizes, forward and backward, in PyTorch: normalization_pytorch.py batch|group|instance|layer

Images lie in the faster of PyTorch's two layouts."""

import statistics
import sys
import time

import torch

name = sys.argv[1]
torch.set_num_threads(1)
images, rows = (16, 64, 28, 28), (128, 512)
layer, shape = {"batch": (torch.nn.BatchNorm2d(64), images), "group": (torch.nn.GroupNorm(8, 64), images),
                "instance": (torch.nn.InstanceNorm2d(64, affine=True), images), "layer": (torch.nn.LayerNorm(512), rows)}[name]
layouts = [torch.contiguous_format, torch.channels_last] if shape == images else [torch.contiguous_format]


def seconds(layout):
    x = torch.rand(shape).contiguous(memory_format=layout).requires_grad_()
    delta = torch.rand(shape).contiguous(memory_format=layout)
    wanted = [x, layer.weight, layer.bias]
    times = []
    repeats = 5 if shape == images else 50
    for _ in range(9):
        begin = time.perf_counter()
        for _ in range(repeats):
            torch.autograd.grad(layer(x), wanted, delta)
        times.append((time.perf_counter() - begin) / repeats)
    return statistics.median(times)


best = min(seconds(layout) for layout in layouts)
size = torch.Size(shape).numel()
print(f"microseconds {best * 1e6:.2f}")
print(f"gbytes {16 * size / best / 1e9:.2f}")
