# Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
"""The MNIST network in PyTorch: train_pytorch.py DIRECTORY BATCH IMAGES EPOCHS. Tries its ways to run a step (eager or
traced, Adam in a loop or over all tensors at once) and takes the fastest."""

import itertools
import os
import sys
import time

import numpy
import torch

from ways import fastest

directory, (batch, images, epochs) = sys.argv[1], map(int, sys.argv[2:])
torch.set_num_threads(int(os.environ["BENCH_THREADS"]))
torch.set_flush_denormal(True)
torch.manual_seed(7)


def read(name):
    x = torch.from_numpy(numpy.fromfile(f"{directory}/{name}_x.u8", numpy.uint8).reshape(-1, 784))
    y = torch.from_numpy(numpy.fromfile(f"{directory}/{name}_y.u8", numpy.uint8).astype(numpy.int64))
    return x.float() / 255, y


def set_first_weights(net):
    weights = numpy.fromfile(f"{directory}/weights.f32", numpy.float32)
    parts = numpy.split(weights, numpy.cumsum([784 * 512, 512, 512 * 10]))
    with torch.no_grad():
        for layer, kernel, bias in ((net[0], parts[0], parts[1]), (net[3], parts[2], parts[3])):
            layer.weight.copy_(torch.from_numpy(kernel.reshape(layer.in_features, -1).T.copy()))
            layer.bias.copy_(torch.from_numpy(bias))


x, y = (each[:images] for each in read("train"))
test_x, test_y = read("test")
loss = torch.nn.CrossEntropyLoss()


def learner(traced, foreach):
    net = torch.nn.Sequential(torch.nn.Linear(784, 512), torch.nn.ReLU(), torch.nn.Dropout(0.2), torch.nn.Linear(512, 10))
    set_first_weights(net)
    forward = torch.jit.trace(net, x[:batch], check_trace=False) if traced else net
    optimizer = torch.optim.Adam(net.parameters(), lr=0.001, eps=1e-7, foreach=foreach)

    def epoch(order):
        for begin in range(0, len(order), batch):
            rows = order[begin:begin + batch]
            optimizer.zero_grad(set_to_none=True)
            loss(forward(x[rows]), y[rows]).backward()
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
    some = torch.randperm(images)[:batch * 60]
    epoch(some)
    return seconds(lambda: epoch(some))


def name(ways):
    return f"{'traced' if ways[0] else 'eager'}, {'foreach' if ways[1] else 'loop'}"


best = fastest(list(itertools.product((False, True), (False, True))), probe, name)
net, epoch, reset = learner(*best)
epoch(torch.randperm(images)[:batch * 4])  # A traced network is compiled in its first steps.
reset()
with torch.no_grad():
    net.eval()
    print(f"initial_loss {loss(net(test_x), test_y):.5f}")
    net.train()
print(f"seconds {min(seconds(lambda: epoch(torch.randperm(images))) for _ in range(epochs)):.6f}")
print(f"updates {-(-images // batch)}")
with torch.no_grad():
    net.eval()
    print(f"accuracy {(net(test_x).argmax(1) == test_y).float().mean():.4f}")
print(f"way {name(best)}")
