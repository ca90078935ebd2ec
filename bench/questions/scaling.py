# Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
"""How does the cost of training grow with threads, width and depth?"""

from concurrent.futures import ThreadPoolExecutor
from statistics import median

import mnist_cnn
import train
from comparison import Contender, Question, cores, data, floors, python, rounds_of, run_once, strata


def side_by_side(contender, arguments, count):
    """What so many runs of one thread each print that know nothing of each other."""
    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(lambda _: run_once(contender, arguments, 1), range(count)))


def run():
    question = Question("scaling", "Scaling", "gflops", "GFLOP/s", lower_is_better=False,
                        text="Training with Adam at batch 32, one thread unless said otherwise; input as wide as the hidden "
                             "layers, dense noise. Threads: the networks of MNIST; `efficiency` is the speed over that of "
                             "one thread and the number of threads; `apart` what as many programs of one thread each reach "
                             "together that start at the same time and share nothing, in GFLOP/s: what the cores allow; "
                             "`round trip` the nanoseconds that a line of memory takes from one core to another and back: "
                             "threads hand weights and values on by such trips.")
    pytorch = python("PyTorch", "scaling_pytorch", "torch", "python3-torch")

    def network(width, depth):
        ours = strata("scaling", options=[f"-DWIDTH={width}", f"-DDEPTH={depth}"])
        theirs = Contender(pytorch.name, pytorch.command and [*pytorch.command, str(width), str(depth)], pytorch.how, pytorch.missing, pytorch.module)
        question.measure(f"width {width}, depth {depth}", [ours, theirs], [],
                         floor=lambda machine: machine["gflops"], shown=["microseconds", "parameters"])

    for width in (64, 128, 256, 512, 1024, 2048, 4096):
        network(width, 2)
    for depth in (1, 4, 8, 16, 32, 64):
        network(128, depth)
    _, raw = data()
    for name, word, batch, images, epochs, flops_per_image in (
            ("MNIST network", "train", 32, 60_000, 2, train.flops_per_image),
            ("MNIST network", "train", 128, 60_000, 2, train.flops_per_image),
            ("convnet", "mnist_cnn", 32, 10_000, 1, mnist_cnn.flops_per_image)):
        flops = images * flops_per_image / 1e9
        ours, arguments = strata(word), [raw, batch, images, epochs]
        speeds = {threads: [] for threads in range(1, cores + 1)}
        apart, trips = [], []
        for _ in range(rounds_of(7)):
            for threads, seen in speeds.items():
                seen.append(flops / run_once(ours, arguments, threads)["seconds"])
            apart.append(sum(flops / found["seconds"] for found in side_by_side(ours, arguments, cores)))
            trips.append(run_once(floors(), [], cores)["round_trip_ns"])
        for threads, seen in speeds.items():
            shown = {"efficiency": median(seen) / median(speeds[1]) / threads}
            if threads > 1:
                shown["round trip"] = median(trips)
            if threads == cores:
                shown["apart"] = median(apart)
            question.add(f"{name}, batch {batch}, {threads} thread{'s' * (threads > 1)}", {"strata": (seen, shown)})
    return question
