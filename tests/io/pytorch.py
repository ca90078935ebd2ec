#!/usr/bin/env python3
"""Writes networks of PyTorch's modules, and what they make of some input, for io/weights.cpp:
    tests/io/pytorch.py DIRECTORY      which in the tree is tests/io/pytorch; PyTorch 1.13 of Debian 12 made those
Each NAME.safetensors holds a state_dict, NAME.values.safetensors the inputs and outputs, channels last. The files are
written by hand, so that nothing of the library's own reader and writer is in them."""
import json
import struct
import sys

import torch
from torch import nn


def save(path, tensors):
    header, data = {}, b""
    for name in sorted(tensors):
        tensor = tensors[name].detach().contiguous()
        kind = {torch.float32: "F32", torch.int64: "I64"}[tensor.dtype]
        numbers = tensor.numpy().tobytes()
        header[name] = {"dtype": kind, "shape": list(tensor.shape), "data_offsets": [len(data), len(data) + len(numbers)]}
        data += numbers
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


class Images(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 4, 3, stride=2, padding=1)
        self.bn = nn.BatchNorm2d(4)
        self.act = nn.PReLU(4)
        self.depthwise = nn.Conv2d(4, 8, 2, groups=4)
        self.grouped = nn.Conv2d(8, 6, 1, groups=2, bias=False)
        self.fc1 = nn.Linear(6 * 2 * 3, 5)
        self.norm = nn.BatchNorm1d(5)
        self.fc2 = nn.Linear(5, 3)

    def forward(self, x):
        x = self.act(self.bn(self.conv1(x)))
        x = torch.tanh(self.grouped(self.depthwise(x)))
        return self.fc2(torch.relu(self.norm(self.fc1(torch.flatten(x, 1)))))


class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.start = nn.Linear(4, 3 * 2 * 2)
        self.norm = nn.BatchNorm1d(3 * 2 * 2)
        self.up = nn.ConvTranspose2d(3, 2, 3, stride=2, padding=1, output_padding=1)

    def forward(self, x):
        return torch.tanh(self.up(torch.relu(self.norm(self.start(x))).view(-1, 3, 2, 2)))


class Sequence(nn.Module):
    def __init__(self):
        super().__init__()
        self.words = nn.Embedding(9, 4)
        self.both = nn.LSTM(4, 3, batch_first=True, bidirectional=True)
        self.gates = nn.GRU(6, 5, num_layers=2, batch_first=True)
        self.plain = nn.RNN(5, 3, batch_first=True)
        self.end = nn.Linear(6 * 3, 2)

    def forward(self, x):
        x = self.both(self.words(x))[0]
        return self.end(torch.flatten(self.plain(self.gates(x)[0])[0], 1))


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.own = nn.MultiheadAttention(8, 2, batch_first=True)
        self.norm = nn.LayerNorm(8)
        self.other = nn.MultiheadAttention(8, 2, kdim=6, vdim=6, batch_first=True)
        self.conv = nn.Conv1d(8, 3, 2)
        self.end = nn.Linear(3 * 4, 2)

    def forward(self, x, memory):
        x = self.norm(x + self.own(x, x, x)[0])
        x = self.other(x, memory, memory)[0]
        return self.end(torch.flatten(self.conv(x.transpose(1, 2)), 1))


def last(x):
    """Channels last, as the library has images."""
    return x.permute(0, *range(2, x.dim()), 1) if x.dim() > 3 else x


def write(name, module, *inputs):
    # Averages and biases that are not 0 or 1.
    for key, tensor in module.state_dict().items():
        if tensor.dtype == torch.float32 and tensor.dim() == 1:
            tensor.copy_(torch.rand_like(tensor) + (0.5 if "var" in key else -0.3))
    module.eval()
    values = {f"x{i}": last(x.float()) for i, x in enumerate(inputs)}
    values["y"] = last(module(*inputs))
    save(f"{sys.argv[1]}/{name}.safetensors", module.state_dict())
    save(f"{sys.argv[1]}/{name}.values.safetensors", values)


torch.manual_seed(5)
with torch.no_grad():
    write("images", Images(), torch.randn(2, 3, 6, 8))
    write("generator", Generator(), torch.randn(2, 4))
    write("sequence", Sequence(), torch.randint(9, (2, 6)))
    write("attention", Attention(), torch.randn(2, 5, 8), torch.randn(2, 7, 6))
