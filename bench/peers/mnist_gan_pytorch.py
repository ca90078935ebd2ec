# Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
"""MNIST's auxiliary classifier GAN in PyTorch: mnist_gan_pytorch.py DIRECTORY BATCH STEPS. Tries its ways to run a step
(channels first or last, traced or eager) and takes the fastest."""

import itertools
import os
import statistics
import sys
import time

import numpy
import torch
from torch import nn

from ways import fastest

directory, (batch, steps) = sys.argv[1], map(int, sys.argv[2:])
torch.set_num_threads(int(os.environ["BENCH_THREADS"]))
torch.set_flush_denormal(True)
torch.manual_seed(7)


def norm(channels):
    return nn.BatchNorm2d(channels, eps=1e-3, momentum=0.2)


class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.code = nn.Linear(10, 100, bias=False)
        self.first = nn.Linear(100, 384 * 3 * 3)
        self.rest = nn.Sequential(nn.ConvTranspose2d(384, 192, 5), nn.ReLU(), norm(192),
                                  nn.ConvTranspose2d(192, 96, 5, stride=2, padding=2, output_padding=1), nn.ReLU(), norm(96),
                                  nn.ConvTranspose2d(96, 1, 5, stride=2, padding=2, output_padding=1), nn.Tanh())

    def forward(self, noise, digits):
        x = torch.relu(self.first(noise * self.code(digits))).reshape(-1, 384, 3, 3)
        return self.rest(x.contiguous(memory_format=layout))


class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        layers, last = [], 1
        for filters, stride in ((32, 2), (64, 1), (128, 2), (256, 1)):
            layers += [nn.Conv2d(last, filters, 3, stride=stride, padding=1), nn.LeakyReLU(0.2), nn.Dropout(0.3)]
            last = filters
        self.look = nn.Sequential(*layers, nn.Flatten())
        self.real, self.digit = nn.Linear(256 * 7 * 7, 1), nn.Linear(256 * 7 * 7, 10)

    def forward(self, x):
        x = self.look(x)
        return self.real(x), self.digit(x)


def set_weights(draw, judge):
    """The same first weights as strata, whose channels are last and which pads strides as Keras does, more behind than before.
    PyTorch pads more before, so all images are mirrored here: kernels, and the places that dense layers read or write."""
    weights = torch.from_numpy(numpy.fromfile(f"{directory}/gan_weights.f32", numpy.float32))

    def next_ones(*shape):
        nonlocal weights
        found, weights = weights[:numpy.prod(shape)].reshape(shape), weights[numpy.prod(shape):]
        return found

    with torch.no_grad():
        draw.code.weight.copy_(next_ones(10, 100).T)
        draw.first.weight.copy_(next_ones(100, 3, 3, 384).flip(1, 2).permute(3, 1, 2, 0).reshape(-1, 100))
        draw.first.bias.copy_(next_ones(3, 3, 384).flip(0, 1).permute(2, 0, 1).reshape(-1))
        for layer in draw.rest:
            if isinstance(layer, nn.ConvTranspose2d):
                layer.weight.copy_(next_ones(5, 5, layer.out_channels, layer.in_channels).flip(0, 1).permute(3, 2, 0, 1))
                layer.bias.copy_(next_ones(layer.out_channels))
            elif isinstance(layer, nn.BatchNorm2d):
                for each in (layer.weight, layer.bias, layer.running_mean, layer.running_var):
                    each.copy_(next_ones(layer.num_features))
        for layer in judge.look:
            if isinstance(layer, nn.Conv2d):
                layer.weight.copy_(next_ones(3, 3, layer.in_channels, layer.out_channels).flip(0, 1).permute(3, 2, 0, 1))
                layer.bias.copy_(next_ones(layer.out_channels))
        for layer, outputs in ((judge.real, 1), (judge.digit, 10)):
            layer.weight.copy_(next_ones(7, 7, 256, outputs).flip(0, 1).permute(3, 2, 0, 1).reshape(outputs, -1))
            layer.bias.copy_(next_ones(outputs))
    assert len(weights) == 0


noise = (torch.arange(batch * 100) * 37 % 201).reshape(batch, 100) / 100 - 1
digits = torch.arange(batch) % 10
one_hot = nn.functional.one_hot(digits, 10).float()
x = torch.from_numpy(numpy.fromfile(f"{directory}/train_x.u8", numpy.uint8, batch * 784)).reshape(-1, 1, 28, 28)
x = x.flip(2, 3) / 127.5 - 1
y = torch.from_numpy(numpy.fromfile(f"{directory}/train_y.u8", numpy.uint8, batch).astype(numpy.int64))
is_real = torch.cat([torch.full((batch, 1), 0.95), torch.zeros(batch, 1)])
all_real = torch.ones(batch, 1)
binary, categorical = nn.BCEWithLogitsLoss(), nn.CrossEntropyLoss()


def learner(memory_format, traced):
    global layout
    layout = memory_format
    draw, judge = Generator(), Discriminator()
    set_weights(draw, judge)
    draw, judge = draw.to(memory_format=layout), judge.to(memory_format=layout)
    settings = {"lr": 2e-4, "betas": (0.5, 0.999), "eps": 1e-7}
    draw_optimizer = torch.optim.Adam(draw.parameters(), **settings)
    judge_optimizer = torch.optim.Adam(judge.parameters(), **settings)
    run_draw, run_judge = draw, judge
    if traced:
        run_draw = torch.jit.trace(draw, (noise, one_hot), check_trace=False)
        run_judge = torch.jit.trace(judge, torch.zeros(batch, 1, 28, 28).contiguous(memory_format=layout), check_trace=False)
        set_weights(draw, judge)

    def step():
        draw.eval()
        with torch.no_grad():
            drawn = draw(noise, one_hot)
        draw.train()
        chosen = torch.randint(batch, (batch,))
        images = torch.cat([x[chosen], drawn]).contiguous(memory_format=layout)
        judge_optimizer.zero_grad(set_to_none=True)
        real, digit = run_judge(images)
        judge_loss = binary(real, is_real) + categorical(digit, torch.cat([y[chosen], digits]))
        judge_loss.backward()
        judge_optimizer.step()

        judge.requires_grad_(False)
        draw_optimizer.zero_grad(set_to_none=True)
        real, digit = run_judge(run_draw(noise, one_hot))
        draw_loss = binary(real, all_real) + categorical(digit, digits)
        draw_loss.backward()
        draw_optimizer.step()
        judge.requires_grad_(True)
        return judge_loss.item(), draw_loss.item()

    return draw, judge, step


def seconds(call):
    begin = time.perf_counter()
    call()
    return time.perf_counter() - begin


def probe(ways):
    _, _, step = learner(*ways)
    step()
    step()  # A traced network is compiled again in the second.
    return seconds(step)


def name(ways):
    return f"channels {'last' if ways[0] == torch.channels_last else 'first'}, {'traced' if ways[1] else 'eager'}"


best = fastest(list(itertools.product((torch.contiguous_format, torch.channels_last), (False, True))), probe, name)
draw, judge, step = learner(*best)
draw.eval()
judge.eval()
with torch.no_grad():
    print(f"judged {torch.sigmoid(judge(draw(noise, one_hot))[0])[0].item():.7f}")
judge.train()
losses = [step() for _ in range(3)]
print(f"seconds {statistics.median(seconds(lambda: losses.append(step())) for _ in range(steps)):.6f}")
print("losses {:.3f}, {:.3f}".format(*losses[-1]))
print(f"way {name(best)}")
