# Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
"""Networks of sequences in PyTorch: sequence_pytorch.py DIRECTORY lstm_1|lstm_32|lstm_train|encoder|encoder_train. Tries its
ways to write and to run the network and takes the fastest. `export` instead writes both networks as ONNX."""

import os
import statistics
import sys
import time

import numpy
import torch
from torch import nn
from torch.nn import functional as F

from ways import fastest

directory, case = sys.argv[1:3]
torch.set_num_threads(int(os.environ.get("BENCH_THREADS", "1")))
torch.set_flush_denormal(True)


def read(name, kind=numpy.float32):
    return torch.from_numpy(numpy.fromfile(f"{directory}/{name}", kind))


class LstmNetwork(nn.Module):
    def __init__(self, batch_first=True, sparse=False):
        super().__init__()
        self.embedding = nn.Embedding(20_000, 128, sparse=sparse)
        self.lstm = nn.LSTM(128, 64, 2, batch_first=batch_first, bidirectional=True)
        self.dense = nn.Linear(128, 1)
        self.batch_first = batch_first

    def forward(self, x):
        _, (h, _) = self.lstm(self.embedding(x if self.batch_first else x.t()))
        return torch.sigmoid(self.dense(torch.cat([h[2], h[3]], 1))).reshape(-1)

    def arrays(self):
        """In the order and with the shapes of strata's weights: kernels are [in, out]. The first of PyTorch's two biases has
        it, the second is zero."""
        yield self.embedding.weight, False
        for name in ("l0", "l0_reverse", "l1", "l1_reverse"):
            yield getattr(self.lstm, f"weight_ih_{name}"), True
            yield getattr(self.lstm, f"weight_hh_{name}"), True
            yield getattr(self.lstm, f"bias_ih_{name}"), False
            nn.init.zeros_(getattr(self.lstm, f"bias_hh_{name}"))
        yield self.dense.weight, True
        yield self.dense.bias, False


class FusedAttention(torch.autograd.Function):
    """What ONNX Runtime's tool for transformers puts for the inner part of attention: one operation of its own."""

    @staticmethod
    def symbolic(graph, q, k, v):
        return graph.op("com.microsoft::MultiHeadAttention", q, k, v, num_heads_i=4)

    @staticmethod
    def forward(context, q, k, v):
        q, k, v = (each.reshape(*each.shape[:2], 4, 32).transpose(1, 2) for each in (q, k, v))
        weights = torch.softmax(q @ k.transpose(-1, -2) / 32 ** 0.5, -1)
        return (weights @ v).transpose(1, 2).flatten(2)


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.in_proj = nn.Linear(128, 3 * 128)
        self.out_proj = nn.Linear(128, 128)

    def forward(self, x):
        q, k, v = self.in_proj(x).chunk(3, -1)
        if torch.onnx.is_in_onnx_export():
            return self.out_proj(FusedAttention.apply(q, k, v))
        q, k, v = (each.reshape(*each.shape[:2], 4, 32).transpose(1, 2) for each in (q, k, v))
        weights = torch.softmax(q @ k.transpose(-1, -2) / 32 ** 0.5, -1)
        return self.out_proj((weights @ v).transpose(1, 2).reshape(x.shape))


class Encoder(nn.Module):
    """The block by hand, of PyTorch's parts."""

    def __init__(self):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(128), nn.LayerNorm(128)
        self.attention = Attention()
        self.linear1, self.linear2 = nn.Linear(128, 512), nn.Linear(512, 128)
        self.in_proj = self.attention.in_proj.weight, self.attention.in_proj.bias
        self.out_proj = self.attention.out_proj

    def forward(self, x):
        x = x + self.attention(self.norm1(x))
        return x + self.linear2(F.gelu(self.linear1(self.norm2(x))))


class EncoderLayer(nn.TransformerEncoderLayer):
    """PyTorch's own layer, which knows a fast path for predictions."""

    def __init__(self):
        super().__init__(128, 4, 512, dropout=0.0, activation="gelu", batch_first=True, norm_first=True)
        self.in_proj = self.self_attn.in_proj_weight, self.self_attn.in_proj_bias
        self.out_proj = self.self_attn.out_proj


def encoder_arrays(net):
    yield net.norm1.weight, False
    yield net.norm1.bias, False
    for part in range(3):
        yield net.in_proj[0], slice(128 * part, 128 * (part + 1))
        yield net.in_proj[1], slice(128 * part, 128 * (part + 1))
    yield from ((net.out_proj.weight, True), (net.out_proj.bias, False), (net.norm2.weight, False), (net.norm2.bias, False))
    yield from ((net.linear1.weight, True), (net.linear1.bias, False), (net.linear2.weight, True), (net.linear2.bias, False))


def arrays_of(net):
    return net.arrays() if isinstance(net, LstmNetwork) else encoder_arrays(net)


def part_of(tensor, how):
    """The part of a parameter that strata has as an array, with its shape."""
    if isinstance(how, slice):
        return tensor[how].t() if tensor.dim() == 2 else tensor[how]
    return tensor.t() if how else tensor


def with_weights(net):
    weights = read("lstm.weights" if isinstance(net, LstmNetwork) else "encoder.weights")
    with torch.no_grad():
        for parameter, how in arrays_of(net):
            part = part_of(parameter, how)
            part.copy_(weights[:part.numel()].reshape(part.shape))
            weights = weights[part.numel():]
    assert len(weights) == 0
    return net


def seconds(call):
    begin = time.perf_counter()
    call()
    return time.perf_counter() - begin


def best_of(ways):
    """The name of the fastest of some calls."""
    def best_seconds(name):
        ways[name]()
        ways[name]()
        return min(seconds(ways[name]) for _ in range(2))

    return fastest(list(ways), best_seconds)


def print_seconds(call):
    call()
    runs = int(min(max(0.5 / seconds(call), 5), 1001))
    print(f"seconds {statistics.median(seconds(call) for _ in range(runs)):.9f}")


def print_difference(found, wanted):
    found, wanted = torch.as_tensor(found).reshape(-1), wanted[:found.numel()]
    print(f"difference {(found - wanted).abs().max() / wanted.abs().max():.2e}")


if case.startswith("lstm"):
    x = read("lstm.x", numpy.int32).reshape(32, 200).long()
    x, y = (x[:1] if case == "lstm_1" else x), read("lstm.targets")
    networks = {"batch first": lambda **options: LstmNetwork(True, **options),
                "steps first": lambda **options: LstmNetwork(False, **options)}
    loss = F.binary_cross_entropy
else:
    x, y = (read(f"encoder.{name}").reshape(16, 256, 128) for name in ("x", "targets"))
    networks = {"by hand": Encoder, "TransformerEncoderLayer": EncoderLayer}
    loss = F.mse_loss

if case == "export":
    dynamic = {"x": {0: "samples"}, "y": {0: "samples"}}
    tokens = read("lstm.x", numpy.int32).reshape(32, 200).long()
    torch.onnx.export(with_weights(LstmNetwork()).eval(), tokens, f"{directory}/lstm.onnx", input_names=["x"], output_names=["y"],
                      dynamic_axes=dynamic, opset_version=17)
    torch.onnx.export(with_weights(Encoder()).eval(), x, f"{directory}/encoder.onnx", input_names=["x"], output_names=["y"],
                      opset_version=17, custom_opsets={"com.microsoft": 1})
elif case.endswith("train"):
    def learner(make, sparse, traced, foreach):
        """A network, and what makes a step. The embedding's gradient may be sparse, which needs an optimizer of its own."""
        net = with_weights(make(sparse=True) if sparse else make())
        forward = torch.jit.trace(net, x, check_trace=False) if traced else net
        dense = [each for each in net.parameters() if not (sparse and each is net.embedding.weight)]
        optimizers = [torch.optim.Adam(dense, lr=0.001, eps=1e-7, foreach=foreach)]
        if sparse:
            optimizers.append(torch.optim.SparseAdam([net.embedding.weight], lr=0.001, eps=1e-7))

        def step():
            for each in optimizers:
                each.zero_grad(set_to_none=True)
            loss(forward(x), y).backward()
            for each in optimizers:
                each.step()
        return step

    net = with_weights(next(iter(networks.values()))())
    found = loss(net(x), y)
    found.backward()
    print_difference(torch.cat([part_of(parameter.grad, how).reshape(-1) for parameter, how in arrays_of(net)]),
                     read(f"{case.partition('_')[0]}.gradients"))
    print(f"loss {found.item():.6f}")
    ways = {f"{name}, {'sparse embedding, ' if sparse else ''}{'traced' if traced else 'eager'}, {'foreach' if foreach else 'loop'}":
            learner(make, sparse, traced, foreach)
            for name, make in networks.items() for sparse in ((False, True) if case == "lstm_train" else (False,))
            for traced in (False, True) for foreach in (False, True)}
    way = best_of(ways)
    print_seconds(ways[way])
    print(f"way {way}")
else:
    with torch.inference_mode():
        ways = {}
        for name, make in networks.items():
            net = with_weights(make()).eval()
            ways[f"{name}, eager"] = lambda net=net: net(x)
            if make is not EncoderLayer:  # its fast path cannot be traced
                frozen = torch.jit.optimize_for_inference(torch.jit.freeze(torch.jit.trace(net, x)))
                ways[f"{name}, frozen"] = lambda frozen=frozen: frozen(x)
        way = best_of(ways)
        print_difference(ways[way](), read(f"{case.partition('_')[0]}.y"))
        print_seconds(ways[way])
        print(f"way {way}")
