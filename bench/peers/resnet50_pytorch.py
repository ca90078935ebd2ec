# Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
"""ResNet-50 in PyTorch, one image at a time: resnet50_pytorch.py DIRECTORY. Tries its ways to predict, each in a process
of its own, and takes the fastest; channels last, which is faster than first in all of them. `resnet50_pytorch.py DIRECTORY export` instead writes a network with random weights
there, which every contender reads: network.onnx, weights.f32 in Keras's order, and an image of height x width x channels."""

import os
import pathlib
import statistics
import subprocess
import sys
import time

import numpy
import torch
from torch import nn


class Bottleneck(nn.Module):
    def __init__(self, channels, filters, stride):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(channels, filters, 1, bias=False), nn.BatchNorm2d(filters), nn.ReLU(inplace=True),
            nn.Conv2d(filters, filters, 3, stride, 1, bias=False), nn.BatchNorm2d(filters), nn.ReLU(inplace=True),
            nn.Conv2d(filters, 4 * filters, 1, bias=False), nn.BatchNorm2d(4 * filters))
        self.shortcut = nn.Identity()
        if stride > 1 or channels != 4 * filters:
            self.shortcut = nn.Sequential(nn.Conv2d(channels, 4 * filters, 1, stride, bias=False), nn.BatchNorm2d(4 * filters))
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x):
        return self.relu(self.body(x) + self.shortcut(x))


def network():
    """The network of He et al. as torchvision has it."""
    layers = [nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU(inplace=True), nn.MaxPool2d(3, 2, 1)]
    channels = 64
    for blocks, filters, stride in ((3, 64, 1), (4, 128, 2), (6, 256, 2), (3, 512, 2)):
        for block in range(blocks):
            layers.append(Bottleneck(channels, filters, stride if block == 0 else 1))
            channels = 4 * filters
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, 1000))


def parts(net):
    """All weights in the order of the layers, as arrays that share memory with the network, and how Keras has them."""
    for layer in net.modules():
        if isinstance(layer, nn.Conv2d):
            yield layer.weight.data, (2, 3, 1, 0)
        elif isinstance(layer, nn.BatchNorm2d):
            for each in (layer.weight.data, layer.bias.data, layer.running_mean, layer.running_var):
                yield each, (0,)
        elif isinstance(layer, nn.Linear):
            yield layer.weight.data, (1, 0)
            yield layer.bias.data, (0,)


def export(directory):
    torch.manual_seed(7)
    net = network()
    for layer in net.modules():
        if isinstance(layer, nn.Conv2d):
            nn.init.kaiming_normal_(layer.weight, mode="fan_out", nonlinearity="relu")
        elif isinstance(layer, nn.BatchNorm2d):
            layer.momentum = None
            nn.init.uniform_(layer.weight, 0.5, 1.5)
            nn.init.uniform_(layer.bias, -0.5, 0.5)
    with torch.no_grad():
        net.train()(torch.randn(4, 3, 224, 224))  # so that the averages suit the weights
    net.eval()
    image = torch.randn(1, 3, 224, 224)
    torch.onnx.export(net, image, str(directory / "network.onnx"), input_names=["x"], output_names=["y"])
    image[0].permute(1, 2, 0).numpy().tofile(directory / "image.f32")
    numpy.concatenate([each.permute(order).numpy().ravel() for each, order in parts(net)]).tofile(directory / "weights.f32")


def load(directory):
    net = network().eval()
    weights = numpy.memmap(directory / "weights.f32", numpy.float32, "c")
    begin = 0
    for each, order in parts(net):
        to = each.permute(order)
        to.copy_(torch.from_numpy(weights[begin:begin + each.numel()].reshape(tuple(to.shape))))
        begin += each.numel()
    assert begin == len(weights)
    return net


def megabytes():
    status = pathlib.Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


ways = ["eager", "frozen", "optimized", "oneDNN graph"]


def predict(directory, way):
    torch.set_num_threads(int(os.environ["BENCH_THREADS"]))
    net = load(directory)
    image = torch.from_numpy(numpy.fromfile(directory / "image.f32", numpy.float32).reshape(1, 224, 224, 3))
    x = image.permute(0, 3, 1, 2).contiguous()
    net, x = net.to(memory_format=torch.channels_last), x.to(memory_format=torch.channels_last)
    with torch.inference_mode():
        torch.jit.enable_onednn_fusion(way == "oneDNN graph")
        if way != "eager":
            net = torch.jit.freeze(torch.jit.trace(net, x))
        if way == "optimized":
            net = torch.jit.optimize_for_inference(net)
        for _ in range(5):
            net(x)
        pathlib.Path("/proc/self/clear_refs").write_text("5")  # the peak from here on
        times = []
        while len(times) < 10:
            begin = time.perf_counter()
            y = net(x)
            times.append(time.perf_counter() - begin)
    print(f"milliseconds {1e3 * statistics.median(times):.3f}")
    print(f"megabytes {megabytes():.0f}")
    print(f"first {y[0].max():.4f}")
    print(f"way {way}, channels last")


def best(directory):
    found = []
    known = [way for way in ways if f"{way}, channels last" == os.environ.get("BENCH_WAY")]
    for way in known or ways:
        run = subprocess.run([sys.executable, __file__, str(directory), way], capture_output=True, text=True)
        if run.returncode == 0:
            found.append((float(run.stdout.split()[1]), run.stdout))
    return min(found)[1]


if __name__ == "__main__":
    where = pathlib.Path(sys.argv[1])
    if len(sys.argv) == 2:
        print(best(where), end="")
    elif sys.argv[2] == "export":
        export(where)
    else:
        predict(where, sys.argv[2])
