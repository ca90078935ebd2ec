# Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
"""The MNIST convnet in PyTorch: mnist_cnn_pytorch.py DIRECTORY BATCH IMAGES EPOCHS. Tries its ways to run a step (eager or
traced, Adam in a loop or over all tensors at once, channels first or last) and takes the fastest."""

import itertools
import os
import sys
import time

import numpy
import torch
from torch import nn

from ways import fastest

directory, (batch, images, epochs) = sys.argv[1], map(int, sys.argv[2:])
torch.set_num_threads(int(os.environ["BENCH_THREADS"]))
torch.set_flush_denormal(True)
torch.manual_seed(7)


def read(name):
    x = torch.from_numpy(numpy.fromfile(f"{directory}/{name}_x.u8", numpy.uint8).reshape(-1, 1, 28, 28))
    y = torch.from_numpy(numpy.fromfile(f"{directory}/{name}_y.u8", numpy.uint8).astype(numpy.int64))
    return x.float() / 255, y


def network():
    return nn.Sequential(nn.Conv2d(1, 32, 3), nn.ReLU(), nn.Conv2d(32, 32, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Dropout(0.25),
                         nn.Flatten(), nn.Linear(12 * 12 * 32, 128), nn.ReLU(), nn.Dropout(0.5), nn.Linear(128, 10))


def set_first_weights(net):
    """Those of strata, whose channels are last: kernels are [height, width, in, out], and the dense layer's inputs are
    [12, 12, 32]."""
    weights = torch.from_numpy(numpy.fromfile(f"{directory}/cnn_weights.f32", numpy.float32))

    def next_ones(*shape):
        nonlocal weights
        found, weights = weights[:numpy.prod(shape)].reshape(shape), weights[numpy.prod(shape):]
        return found

    with torch.no_grad():
        for conv in (net[0], net[2]):
            conv.weight.copy_(next_ones(3, 3, conv.in_channels, 32).permute(3, 2, 0, 1))
            conv.bias.copy_(next_ones(32))
        net[7].weight.copy_(next_ones(12, 12, 32, 128).permute(3, 2, 0, 1).reshape(128, -1))
        net[7].bias.copy_(next_ones(128))
        net[10].weight.copy_(next_ones(128, 10).T)
        net[10].bias.copy_(next_ones(10))
    assert len(weights) == 0


x, y = (each[:images] for each in read("train"))
test_x, test_y = read("test")
loss = nn.CrossEntropyLoss()


def learner(traced, foreach, layout):
    net = network().to(memory_format=layout)
    set_first_weights(net)
    forward = torch.jit.trace(net, x[:batch], check_trace=False) if traced else net
    optimizer = torch.optim.Adam(net.parameters(), lr=0.001, eps=1e-7, foreach=foreach)

    def epoch(order):
        for begin in range(0, len(order), batch):
            rows = order[begin:begin + batch]
            optimizer.zero_grad(set_to_none=True)
            loss(forward(x[rows].contiguous(memory_format=layout)), y[rows]).backward()
            optimizer.step()

    def reset():
        set_first_weights(net)
        optimizer.state.clear()

    return net, epoch, reset


def seconds(call):
    begin = time.perf_counter()
    call()
    return time.perf_counter() - begin


def probe(ways):
    _, epoch, _ = learner(*ways)
    some = torch.randperm(images)[:batch * 15]
    epoch(some)
    return seconds(lambda: epoch(some))


def evaluate(net):
    net.eval()
    with torch.no_grad():
        y = torch.cat([net(each) for each in test_x.split(500)])
    net.train()
    return y


def name(ways):
    return (f"{'traced' if ways[0] else 'eager'}, {'foreach' if ways[1] else 'loop'}, "
            f"channels {'last' if ways[2] == torch.channels_last else 'first'}")


best = fastest(list(itertools.product((False, True), (False, True), (torch.contiguous_format, torch.channels_last))), probe, name)
net, epoch, reset = learner(*best)
epoch(torch.randperm(images)[:batch * 4])  # A traced network is compiled in its first steps.
reset()
print(f"initial_loss {loss(evaluate(net), test_y):.5f}")
print(f"seconds {min(seconds(lambda: epoch(torch.randperm(images))) for _ in range(epochs)):.6f}")
print(f"updates {-(-images // batch)}")
print(f"accuracy {(evaluate(net).argmax(1) == test_y).float().mean():.4f}")
print(f"way {name(best)}")
