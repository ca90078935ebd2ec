# Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
"""The MNIST network, or the convnet, in PyTorch, by processes of one thread each that share every batch, by
DistributedDataParallel with gloo: machines_pytorch.py NETWORK DIRECTORY BATCH STEPS PROCESSES. Tries Adam in a loop and over
all tensors at once, and takes the faster."""

import pathlib
import sys
import tempfile
import time

import numpy
import torch
from torch import distributed, multiprocessing, nn

images = 4096


def network(name):
    if name == "mnist":
        return nn.Sequential(nn.Flatten(), nn.Linear(784, 512), nn.ReLU(), nn.Dropout(0.2), nn.Linear(512, 10))
    return nn.Sequential(nn.Conv2d(1, 32, 3), nn.ReLU(), nn.Conv2d(32, 32, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Dropout(0.25),
                         nn.Flatten(), nn.Linear(12 * 12 * 32, 128), nn.ReLU(), nn.Dropout(0.5), nn.Linear(128, 10))


def work(rank, name, directory, batch, steps, processes, meeting):
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    torch.manual_seed(7)
    if processes > 1:
        distributed.init_process_group("gloo", init_method=f"file://{meeting}/meeting", rank=rank, world_size=processes)
    x = torch.from_numpy(numpy.fromfile(f"{directory}/train_x.u8", numpy.uint8, images * 784).reshape(-1, 1, 28, 28)).float() / 255
    y = torch.from_numpy(numpy.fromfile(f"{directory}/train_y.u8", numpy.uint8, images).astype(numpy.int64))
    # Its own documentation finds convolutions on processors fastest with channels last.
    layout = torch.channels_last if name != "mnist" else torch.contiguous_format
    share = batch // processes
    order = torch.randperm(images)
    loss = nn.CrossEntropyLoss()

    def seconds(foreach, count):
        net = network(name).to(memory_format=layout)
        if processes > 1:
            net = nn.parallel.DistributedDataParallel(net)
        optimizer = torch.optim.Adam(net.parameters(), lr=0.001, eps=1e-7, foreach=foreach)
        for step in range(count + 3):
            if step == 3:
                begin = time.perf_counter()
            first = step * batch % (images - batch + 1) // share * share + rank * share
            rows = order[first:first + share]
            optimizer.zero_grad(set_to_none=True)
            loss(net(x[rows].contiguous(memory_format=layout)), y[rows]).backward()
            optimizer.step()
        return torch.tensor((time.perf_counter() - begin) / count)

    def slowest(found):
        if processes > 1:
            distributed.all_reduce(found, distributed.ReduceOp.MAX)
        return float(found)

    best = min((False, True), key=lambda foreach: slowest(seconds(foreach, max(3, steps // 4))))
    found = slowest(seconds(best, steps))
    if rank == 0:
        print(f"seconds {found:.9f}\nway {'foreach' if best else 'loop'}")


if __name__ == "__main__":
    batch, steps, processes = map(int, sys.argv[3:])
    with tempfile.TemporaryDirectory() as meeting:
        rest = (sys.argv[1], pathlib.Path(sys.argv[2]), batch, steps, processes, meeting)
        if processes == 1:
            work(0, *rest)
        else:
            multiprocessing.spawn(work, rest, processes)
