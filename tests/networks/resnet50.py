"""ResNet-50 in PyTorch, for comparison: resnet50.py DIRECTORY

Writes raw 32-bit floats: `weights`, random ones in the order in which strata has its layers (a block's convolutions
before its projection) and in its layouts (kernels as height x width x in x out; a normalization as gamma, beta, mean
and variance); `images`, three of 224 x 224 x 3, channels last; `logits`, what PyTorch makes of them, 3 x 1000.
"""
import pathlib
import sys

import numpy
import torch
from torch import nn


def convolution(channels, filters, kernel, stride=1):
    layer = nn.Conv2d(channels, filters, kernel, stride, kernel // 2, bias=False)
    nn.init.kaiming_normal_(layer.weight, mode="fan_in", nonlinearity="relu")
    return layer


def normalization(channels, scale=1.0):
    """As if it had learnt. Small scales at the ends of blocks keep the sums of sixteen blocks within bounds."""
    layer = nn.BatchNorm2d(channels)
    nn.init.uniform_(layer.weight, 0.5 * scale, 1.5 * scale)
    nn.init.uniform_(layer.bias, -0.3, 0.3)
    nn.init.uniform_(layer.running_mean, -0.3, 0.3)
    nn.init.uniform_(layer.running_var, 0.5, 2)
    return layer


class Bottleneck(nn.Module):
    def __init__(self, channels, filters, stride):
        super().__init__()
        self.body = nn.Sequential(
            convolution(channels, filters, 1), normalization(filters), nn.ReLU(),
            convolution(filters, filters, 3, stride), normalization(filters), nn.ReLU(),
            convolution(filters, 4 * filters, 1), normalization(4 * filters, 0.4))
        self.projection = nn.Sequential() if channels == 4 * filters else nn.Sequential(
            convolution(channels, 4 * filters, 1, stride), normalization(4 * filters))

    def forward(self, x):
        return torch.relu(self.body(x) + self.projection(x))


def resnet50():
    layers = [convolution(3, 64, 7, 2), normalization(64), nn.ReLU(), nn.MaxPool2d(3, 2, 1)]
    channels = 64
    for blocks, filters, first_stride in ((3, 64, 1), (4, 128, 2), (6, 256, 2), (3, 512, 2)):
        for block in range(blocks):
            layers.append(Bottleneck(channels, filters, first_stride if block == 0 else 1))
            channels = 4 * filters
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, 1000)).eval()


def arrays(network):
    """Modules come in the order of their definition, which is strata's."""
    for layer in network.modules():
        if isinstance(layer, nn.Conv2d):
            yield layer.weight.permute(2, 3, 1, 0)
        elif isinstance(layer, nn.BatchNorm2d):
            yield from (layer.weight, layer.bias, layer.running_mean, layer.running_var)
        elif isinstance(layer, nn.Linear):
            yield from (layer.weight.t(), layer.bias)


@torch.no_grad()
def main(directory):
    torch.manual_seed(50)
    network = resnet50()
    # Noise of two scales: the fine one alone would average out to the same answer for each image.
    images = torch.randn(3, 3, 224, 224) + nn.functional.interpolate(torch.randn(3, 3, 7, 7), size=224, mode="bilinear")
    logits = network(images)

    def write(name, *parts):
        flat = numpy.concatenate([part.contiguous().numpy().ravel() for part in parts])
        flat.astype("<f4").tofile(directory / name)

    write("weights", *arrays(network))
    write("images", images.permute(0, 2, 3, 1))
    write("logits", logits)


main(pathlib.Path(sys.argv[1]))
