# Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
"""Asks questions of bench/questions and writes the report: run.py [NAME...], all of them without a name.
run.py report writes the report alone, and run.py publish puts it and README's table into the tree.

A question that fails is named at the end, behind the others."""

import concurrent.futures
import importlib
import os
import subprocess
import sys
import time
import traceback

import comparison
import report
from goals import goals

names = ["train", "predict", "narrow", "small", "mnist_cnn", "mnist_gan", "resnet50", "contraction", "convolution", "elementwise",
         "optimizer", "stored_gradients", "pipeline", "startup", "compile", "scaling", "least_squares", "kmeans", "browser",
         "stream", "sequence", "load", "imported", "cart_pole", "memory", "mapped", "machines"]


def ask(name):
    question = importlib.import_module(name)
    print(f"{name}: {question.__doc__}", flush=True)
    return question.run()


def build_programs(wanted):
    """Builds what the questions need, as many at a time as the machine has cores; what fails does so again when it is asked."""
    start = time.monotonic()
    # All of them read these, and none may while another one writes them.
    comparison.without_dark_pixels(comparison.data()[1])

    def build(name):
        subprocess.run([sys.executable, __file__, "only", name], env={**os.environ, "BENCH_MODE": "build"}, capture_output=True)

    with concurrent.futures.ThreadPoolExecutor(comparison.cores) as workers:
        list(workers.map(build, wanted))
    print(f"programs: took {time.monotonic() - start:.0f} s", flush=True)


def main():
    if sys.argv[1:] in (["report"], ["publish"]):
        (report.write if sys.argv[1] == "report" else report.publish)(names)
        return
    sys.path.insert(0, str(comparison.bench / "questions"))
    if sys.argv[1:2] == ["only"]:
        ask(sys.argv[2])
        return
    # What has goals comes first, in case that somebody has no patience for the rest.
    wanted = sys.argv[1:] or sorted(names, key=lambda name: name not in {goal.question for goal in goals})
    for name in wanted:
        if name not in names:
            sys.exit(f"bench/run.sh: no question '{name}', expected some of: {' '.join(names)}")
    build_programs(wanted)
    if comparison.mode == "build":
        return
    failed = []
    for name in wanted:
        start = time.monotonic()
        try:
            ask(name).save(time.monotonic() - start)
        except Exception:
            traceback.print_exc()
            failed.append(name)
        print(f"{name}: took {time.monotonic() - start:.0f} s", flush=True)
    if comparison.mode == "measurement":
        print(f"report: {report.write(names)}")
    if failed:
        sys.exit(f"bench/run.sh: no answer to {', '.join(failed)}")


main()
