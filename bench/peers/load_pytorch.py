# Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
"""From a file of weights to the first prediction in PyTorch: load_pytorch.py DIRECTORY. Debian has no reader of safetensors for
Python, so the weights come from torch.save, and become the layers' own without a copy. `load_pytorch.py DIRECTORY export`
writes that file, network.pt, and network.onnx from network.safetensors."""

import json
import os
import pathlib
import sys
import time

import numpy
import torch
from torch import nn


def network(state):
    """The layers of these weights."""
    layers = []
    for name in sorted({key.split(".")[0] for key in state}, key=lambda each: (len(each), each)):
        weight = state[name + ".weight"]
        layer = torch.nn.utils.skip_init(nn.Linear, weight.shape[1], weight.shape[0])
        layer.weight, layer.bias = nn.Parameter(weight), nn.Parameter(state[name + ".bias"])
        layers += [layer, nn.ReLU()]
    return nn.Sequential(*layers[:-1]).eval()


def export(directory):
    file = numpy.memmap(directory / "network.safetensors", numpy.uint8, "r")
    begin = 8 + int.from_bytes(file[:8].tobytes(), "little")
    state = {}
    for name, about in json.loads(file[8:begin].tobytes()).items():
        if name != "__metadata__":
            first, end = about["data_offsets"]
            numbers = file[begin + first:begin + end].view(numpy.float32).reshape(about["shape"])
            state[name.replace("kernel", "weight")] = torch.from_numpy(numbers.T.copy())
    torch.save(state, directory / "network.pt")
    net = network(state)
    torch.onnx.export(net, torch.zeros(1, net[0].in_features), str(directory / "network.onnx"), input_names=["x"],
                      output_names=["y"])


def peak():
    return int(pathlib.Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) / 1024


def predict(directory):
    torch.set_num_threads(int(os.environ["BENCH_THREADS"]))
    x = torch.from_numpy(numpy.fromfile(directory / "x.f32", numpy.float32)).reshape(1, -1)
    print(f"megabytes_before {peak():.1f}")
    processor, begin = time.process_time(), time.perf_counter()
    with torch.inference_mode():
        net = network(torch.load(directory / "network.pt"))
        loading = time.perf_counter() - begin
        y = net(x)
    print(f"milliseconds {1e3 * (time.perf_counter() - begin):.2f}")
    print(f"processor_ms {1e3 * (time.process_time() - processor):.2f}")
    print(f"megabytes {peak():.1f}")
    print(f"loading_ms {1e3 * loading:.2f}")
    print(f"first {y.max():.4f}")


if __name__ == "__main__":
    where = pathlib.Path(sys.argv[1])
    (export if sys.argv[2:] == ["export"] else predict)(where)
