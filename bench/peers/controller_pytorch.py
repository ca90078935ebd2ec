# Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
"""The controllers' training in PyTorch: controller_pytorch.py 6_64_8_4|4_32_32_2 sgd|adam 1|32."""

import math
import statistics
import sys
import time

import torch

torch.set_num_threads(1)
sizes = [int(size) for size in sys.argv[1].split("_")]
batch = int(sys.argv[3])
samples = 64
layers = [torch.nn.Linear(*pair) for pair in zip(sizes, sizes[1:])]
net = torch.nn.Sequential(layers[0], torch.nn.Tanh(), layers[1], torch.nn.Tanh(), layers[2])
weights = [0.25 * math.sin(1.7 * i) for i in range(sum((i + 1) * o for i, o in zip(sizes, sizes[1:])))]
with torch.no_grad():
    for layer in layers:
        size = layer.weight.numel()
        layer.weight.copy_(torch.tensor(weights[:size]).reshape(layer.in_features, layer.out_features).T)
        layer.bias.copy_(torch.tensor(weights[size:size + layer.out_features]))
        weights = weights[size + layer.out_features:]
x = torch.sin(0.37 * torch.arange(samples * sizes[0], dtype=torch.float64)).float().reshape(samples, -1)
y = (0.8 * torch.cos(0.53 * torch.arange(samples * sizes[-1], dtype=torch.float64))).float().reshape(samples, -1)
if sys.argv[2] == "adam":
    optimizer = torch.optim.Adam(net.parameters(), lr=0.001, eps=1e-7)
else:
    optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
steps = 300
times = []
for _ in range(5):
    begin = time.process_time()
    for step in range(steps):
        first = step * batch % samples
        optimizer.zero_grad(set_to_none=True)
        loss = torch.nn.functional.mse_loss(net(x[first:first + batch]), y[first:first + batch])
        loss.backward()
        optimizer.step()
    times.append((time.process_time() - begin) / steps)
print(f"seconds {statistics.median(times):.9f}\nloss {float(loss):.5f}")
