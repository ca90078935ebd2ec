# Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
"""How does the cost of training grow with threads, width and depth?"""

from statistics import median

from comparison import Contender, Question, cores, data, floors, python, rounds_of, run_once, strata
from train import flops_per_image


def run():
    question = Question("scaling", "Scaling", "gflops", "GFLOP/s", lower_is_better=False,
                        text="Training with Adam at batch 32, one thread unless said otherwise; input as wide as the hidden "
                             "layers, dense noise. Threads: the MNIST network; `efficiency` is the speed over that of one "
                             "thread and the number of threads, `round trip` the nanoseconds that a line of memory takes from one "
                             "core to another and back in the same run: below 100 where cores share a cache. Threads hand weights "
                             "and values on by such trips.")
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
    flops = 60_000 * flops_per_image / 1e9
    for batch in (32, 128):
        speeds = {threads: [] for threads in range(1, cores + 1)}
        trips = []
        for _ in range(rounds_of(7)):
            for threads, seen in speeds.items():
                seen.append(flops / run_once(strata("train"), [raw, batch, 60_000, 2], threads)["seconds"])
            trips.append(run_once(floors(), [], cores)["round_trip_ns"])
        for threads, seen in speeds.items():
            efficiency = median(seen) / median(speeds[1]) / threads
            shown = {"efficiency": efficiency} | ({"round trip": median(trips)} if threads > 1 else {})
            question.add(f"MNIST network, batch {batch}, {threads} thread{'s' * (threads > 1)}", {"strata": (seen, shown)})
    return question
