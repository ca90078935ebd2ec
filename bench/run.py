# Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
"""Asks questions of bench/questions and writes the report: run.py [NAME...], all of them without a name.
run.py report writes the report alone, and run.py publish puts it and README's table into the tree.

A question that fails is named at the end, behind the others."""

import importlib
import sys
import time
import traceback

import comparison
import report

names = ["train", "predict", "narrow", "small", "mnist_cnn", "mnist_gan", "resnet50", "contraction", "convolution", "elementwise",
         "optimizer", "stored_gradients", "pipeline", "startup", "compile", "scaling", "least_squares", "kmeans", "browser",
         "stream", "sequence", "load", "imported", "cart_pole", "memory"]


def main():
    if sys.argv[1:] in (["report"], ["publish"]):
        (report.write if sys.argv[1] == "report" else report.publish)(names)
        return
    sys.path.insert(0, str(comparison.bench / "questions"))
    wanted = sys.argv[1:] or names
    for name in wanted:
        if name not in names:
            sys.exit(f"bench/run.sh: no question '{name}', expected some of: {' '.join(names)}")
    failed = []
    for name in wanted:
        start = time.monotonic()
        try:
            question = importlib.import_module(name)
            print(f"{name}: {question.__doc__}", flush=True)
            question.run().save(time.monotonic() - start)
        except Exception:
            traceback.print_exc()
            failed.append(name)
        print(f"{name}: took {time.monotonic() - start:.0f} s", flush=True)
    if not comparison.is_trial:
        print(f"report: {report.write(names)}")
    if failed:
        sys.exit(f"bench/run.sh: no answer to {', '.join(failed)}")


main()
