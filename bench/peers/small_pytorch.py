# Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
"""The small networks in PyTorch: small_pytorch.py xor|given|fed_back|6_64_8_4|4_32_32_2. XOR makes 4,000 updates and scales the time."""

import math
import statistics
import sys
import time

import torch

mode = sys.argv[1]
torch.set_num_threads(1)


def fill(layers, weights):
    with torch.no_grad():
        for layer in layers:
            size = layer.weight.numel()
            layer.weight.copy_(torch.tensor(weights[:size]).reshape(layer.in_features, layer.out_features).T)
            layer.bias.copy_(torch.tensor(weights[size:size + layer.out_features]))
            weights = weights[size + layer.out_features:]


if mode == "xor":
    net = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Sigmoid(), torch.nn.Linear(2, 1), torch.nn.Sigmoid())
    fill([net[0], net[2]], [0.7, -0.4, 0.3, 0.9, 0, 0, -0.8, 0.6, 0])
    x = torch.tensor([[0.0, 0], [0, 1], [1, 0], [1, 1]])
    y = torch.tensor([[0.0], [1], [1], [0]])
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    begin = time.perf_counter()
    for update in range(4_000):
        i = update % 4
        optimizer.zero_grad(set_to_none=True)
        torch.nn.functional.mse_loss(net(x[i:i + 1]), y[i:i + 1]).backward()
        optimizer.step()
    print(f"seconds {(time.perf_counter() - begin) * 10:.6f}")
    sys.exit()
sizes = [1, 8, 8, 1] if mode in ("given", "fed_back") else [int(size) for size in mode.split("_")]
layers = [torch.nn.Linear(*pair) for pair in zip(sizes, sizes[1:])]
net = torch.nn.Sequential(layers[0], torch.nn.Tanh(), layers[1], torch.nn.Tanh(), layers[2]).eval()
scale = 0.6 if len(sizes) == 4 and sizes[0] == 1 else 0.25
fill(layers, [scale * math.sin(1.7 * i) for i in range(sum((pair[0] + 1) * pair[1] for pair in zip(sizes, sizes[1:])))])
x = torch.tensor([[0.1]]) if sizes[0] == 1 else torch.tensor([[math.sin(0.37 * i) for i in range(sizes[0])]])
with torch.inference_mode():
    frozen = torch.jit.optimize_for_inference(torch.jit.freeze(torch.jit.trace(net, x)))
    best = []
    for forward in (net, frozen):
        times = []
        for _ in range(7):
            begin, y = time.perf_counter(), x
            for _ in range(2_000):
                y = forward(y if mode == "fed_back" else x)
            times.append((time.perf_counter() - begin) / 2_000)
        best.append(statistics.median(times))
    print(f"seconds {min(best):.12f}\nfirst {float(net(x)[0, 0]):.6f}")
