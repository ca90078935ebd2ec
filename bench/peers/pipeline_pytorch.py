# Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
"""From IDX files to shuffled batches of floats with PyTorch: pipeline_pytorch.py DIRECTORY read|batches. For batches the
faster of a DataLoader with a batch sampler and of plain indexing."""

import gzip
import pathlib
import statistics
import sys
import time

import numpy
import torch

directory, mode = pathlib.Path(sys.argv[1]), sys.argv[2]
torch.set_num_threads(1)


def load(name):
    plain = directory / name
    data = plain.read_bytes() if plain.exists() else gzip.open(f"{plain}.gz").read()
    return torch.from_numpy(numpy.frombuffer(data, numpy.uint8, offset=16 if "images" in name else 8).copy())


def read():
    return [load(f"{part}-{kind}") for part in ("train", "t10k") for kind in ("images-idx3-ubyte", "labels-idx1-ubyte")]


def seconds(call, rounds):
    times = []
    for _ in range(rounds):
        begin = time.perf_counter()
        call()
        times.append(time.perf_counter() - begin)
    return statistics.median(times)


if mode == "read":
    print(f"images {70_000 / seconds(read, 5):.0f}")
    sys.exit()
x = read()[0].reshape(-1, 784)


class Images(torch.utils.data.Dataset):
    def __len__(self):
        return len(x)

    def __getitem__(self, rows):
        return x[rows].float() / 255


# The order is drawn before, as strata's program does it.
order = torch.randperm(len(x))


def indexed():
    for rows in order.split(32):
        x[rows].float().div_(255)


sampler = torch.utils.data.BatchSampler(order.tolist(), 32, False)
loader = torch.utils.data.DataLoader(Images(), sampler=sampler, batch_size=None)
print(f"images {60_000 / min(seconds(indexed, 5), seconds(lambda: [0 for _ in loader], 3)):.0f}")
