# Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
"""Predicts with the MNIST network in PyTorch: predict_pytorch.py DIRECTORY one|many|start. Tries eager, traced and frozen
networks and takes the fastest. `export FILE` instead writes the network as ONNX.
`predict_pytorch.py int8 DIRECTORY one|many` with weights of 8 bits: quantized as it runs, or calibrated with 1,000 images."""

import os
import statistics
import sys
import time

import numpy
import torch

from ways import fastest

is_integer = sys.argv[1] == "int8"
if is_integer:
    del sys.argv[1]
    engines = torch.backends.quantized.supported_engines
    torch.backends.quantized.engine = next(name for name in ("onednn", "fbgemm", "qnnpack") if name in engines)
directory, mode = sys.argv[1:3]
torch.set_num_threads(int(os.environ.get("BENCH_THREADS", "1")))
net = torch.nn.Sequential(torch.nn.Linear(784, 512), torch.nn.ReLU(), torch.nn.Dropout(0.2), torch.nn.Linear(512, 10),
                          torch.nn.Softmax(1)).eval()
weights = numpy.fromfile(f"{directory}/weights.f32", numpy.float32)
parts = numpy.split(weights, numpy.cumsum([784 * 512, 512, 512 * 10]))
with torch.no_grad():
    for layer, kernel, bias in ((net[0], parts[0], parts[1]), (net[3], parts[2], parts[3])):
        layer.weight.copy_(torch.from_numpy(kernel.reshape(layer.in_features, -1).T.copy()))
        layer.bias.copy_(torch.from_numpy(bias))
if mode == "export":
    torch.onnx.export(net, torch.zeros(1, 784), sys.argv[3], input_names=["x"], output_names=["y"],
                      dynamic_axes={"x": {0: "samples"}, "y": {0: "samples"}})
    sys.exit()
pixels = numpy.fromfile(f"{directory}/test_x.u8", numpy.uint8).reshape(-1, 784)
x = torch.from_numpy(pixels[:1 if mode == "start" else 4096].astype(numpy.float32) / 255)
at_once = 256 if mode == "many" else 1
rows = [x[i:i + at_once] for i in range(0, len(x) if mode == "many" else min(len(x), 2048), at_once)]


def integer_networks():
    """The network with weights of 8 bits: inputs are quantized by their own extremes, or by those of 1,000 images."""
    quantization = torch.ao.quantization
    dynamic = quantization.quantize_dynamic(net, {torch.nn.Linear}, dtype=torch.qint8)
    calibrated = torch.nn.Sequential(quantization.QuantStub(), net[0], net[1], net[3], quantization.DeQuantStub(), net[4]).eval()
    calibrated = quantization.fuse_modules(calibrated, [["1", "2"]])
    calibrated.qconfig = quantization.get_default_qconfig(torch.backends.quantized.engine)
    quantization.prepare(calibrated, inplace=True)
    calibrated(x[:1000])
    return {"dynamic": dynamic, "calibrated": quantization.convert(calibrated)}


def seconds(forward):
    begin = time.perf_counter()
    for row in rows:
        forward(row)
    return (time.perf_counter() - begin) / (len(rows) * at_once)


with torch.inference_mode():
    if mode == "start":
        print(f"first {net(rows[0])[0].max():.5f}")
        sys.exit()
    if is_integer:
        ways = integer_networks()
        ways.update({f"{name}, traced": torch.jit.trace(way, rows[0]) for name, way in list(ways.items())})
    else:
        traced = torch.jit.trace(net, rows[0])
        frozen = torch.jit.optimize_for_inference(torch.jit.freeze(torch.jit.trace(net, rows[0])))
        ways = {"eager": net, "traced": traced, "frozen": frozen}

    def second(name):
        seconds(ways[name])
        return seconds(ways[name])

    way = fastest(list(ways), second)
    seconds(ways[way])
    print(f"seconds {statistics.median(seconds(ways[way]) for _ in range(9)):.9f}")
    print(f"first {ways[way](rows[0])[0].max():.5f}")
    print(f"way {way}")
