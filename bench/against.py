# Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
"""Is the working tree slower than another revision?

Both trees' headers are compiled into the same programs, which run in turn, pair by pair, on the core that is the fastest
where they use one thread. A case is slower if the median of all pairs' ratios is above the limit and most of them are above
1 after each of three measurements: noise of a shared machine is rarely in all of them. Ends with 1 if a case is slower."""

import argparse
import os
import statistics
import subprocess
import sys
import time

from comparison import all_threads, bench, build, compile_cpp, core_for, data, flags, root, run_once, Contender

measurements, rounds = 3, 7


def tree_of(revision):
    """The headers of a revision, checked out below the build directory."""
    found = subprocess.run(["git", "-C", str(root), "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}"],
                           capture_output=True, text=True)
    if found.returncode != 0:
        sys.exit(f"bench/run.sh against: no revision '{revision}' in this repository")
    place = build / "against" / found.stdout.strip()
    if not place.exists():
        # Whole or not at all, where somebody stops this.
        begun = place.with_name(f"{place.name}.{os.getpid()}")
        begun.mkdir(parents=True)
        archive = subprocess.run(["git", "-C", str(root), "archive", found.stdout.strip(), "dsl", "include"],
                                 capture_output=True, check=True)
        subprocess.run(["tar", "--extract", "--directory", str(begun)], input=archive.stdout, check=True)
        begun.rename(place)
    return place


def contender(program, tree, options):
    found, why = compile_cpp(bench / "strata" / f"{program}.cpp", [*flags, *options, "-lz"], tree)
    if not found:
        return Contender(program, missing=why)
    return Contender(program, [str(found)])


class Broken(RuntimeError):
    """Why the working tree's program does not run."""


def ratios(now, before, arguments, threads, metric):
    """The working tree's time over the other's, pair by pair; the order alternates."""
    result = []
    for number in range(rounds):
        pair = {}
        core = core_for(now, threads)
        for side in ((now, before) if number % 2 == 0 else (before, now)):
            try:
                pair[side] = run_once(side, arguments, threads, core=core)[metric]
            except RuntimeError as error:
                raise Broken(str(error)) if side is now else error
        is_time = metric in ("seconds", "ns", "microseconds")
        result.append(pair[now] / pair[before] if is_time else pair[before] / pair[now])
    return result


def is_slower(found, limit):
    return statistics.median(found) > limit and sorted(found)[len(found) // 4] > 1


def all_cases():
    """Of each case the program, its arguments, threads, the metric that counts, and the compiler's options."""
    idx, raw = data()
    many = all_threads[-1]
    cases = [("train", [raw, 32, 20_000, 2], 1, "seconds"), ("train", [raw, 128, 30_000, 2], many, "seconds"),
             ("mnist_cnn", [raw, 32, 1_000, 2], 1, "seconds"),
             ("predict", [raw, "one"], 1, "seconds"), ("predict", [raw, "many"], 1, "seconds"),
             ("small", ["xor"], 1, "seconds"), ("small", ["given"], 1, "seconds"), ("small", ["fed_back"], 1, "seconds"),
             ("small", ["6_64_8_4"], 1, "seconds"), ("small", ["4_32_32_2"], 1, "seconds"),
             ("controller", ["6_64_8_4", "adam", 1], 1, "seconds"), ("controller", ["4_32_32_2", "sgd", 32], 1, "seconds"),
             ("contraction", ["forward", 32, 784, 512], 1, "microseconds"),
             ("contraction", ["weight_gradient", 32, 784, 512], 1, "microseconds"),
             ("contraction", ["input_gradient", 32, 784, 512], 1, "microseconds"),
             ("contraction", ["input_gradient", 1, 784, 512], 1, "microseconds"),
             ("elementwise", ["sigmoid", 8192], 1, "gbytes"), ("elementwise", ["tanh", 8192], 1, "gbytes"),
             ("optimizer", ["adam", 407_050], 1, "microseconds"), ("pipeline", [idx, "batches"], 1, "images")]
    # Size, channels, filters, kernel, stride, batch.
    cases += [("convolution", [kernel, *shape, 1], 1, "gflops")
              for kernel in ("forward", "input_gradient", "weight_gradient")
              for shape in ((28, 512, 1024, 1, 2), (14, 1024, 256, 1, 1), (14, 256, 256, 3, 1), (7, 512, 512, 3, 1))]
    # Optimizers that the other revision lacks are not comparable.
    cases += [("stored_gradients", [optimizer, 32, raw, 10_000, 2], 1, "seconds")
              for optimizer in ("clip_value", "clip_global_norm", "accumulate", "lamb")]
    cases += [("losses", [loss], 1, "gbytes") for loss in ("softmax", "cross_entropy", "mean_squared_error", "hinge")]
    layers = [("32, 32, 8", "max_pool<2>"), ("16, 16, 8", "max_pool<3, stride<1>>"), ("32, 32, 8", "max_pool<3, stride<1>>"),
              ("32, 32, 8", "max_pool<3, stride<2>>"), ("32, 32, 8", "max_pool<3, stride<1>, same>"),
              ("32, 32, 3", "max_pool<2>"), ("32, 32, 6", "max_pool<2>"), ("24, 24, 16", "max_pool<2>"),
              ("24, 24, 32", "max_pool<2>"), ("16, 16, 64", "max_pool<2>"), ("16, 16, 64", "max_pool<3, stride<1>, same>"),
              ("16, 16, 64", "max_pool<3, stride<2>, same>"), ("8, 8, 8", "global_max_pool"), ("8, 8, 64", "global_max_pool"),
              ("32, 32, 8", "average_pool<2>"), ("32, 32, 8", "average_pool<3, stride<1>, same>"),
              ("8, 8, 64", "global_average_pool"), ("32, 32, 8", "activation<max(0, symbols::x)>"), ("32, 32, 8", "relu")]
    cases = [(*case, []) for case in cases]
    cases += [("least_squares", [shape], 1, "seconds", ["-llapack"]) for shape in ("tall", "wide")]
    cases += [("pooling", [], 1, "microseconds", [f"-DSHAPE={shape}", f"-DLAYER={layer}"]) for shape, layer in layers]
    return cases


def main():
    parser = argparse.ArgumentParser(prog="bench/run.sh against", description=__doc__.splitlines()[0])
    parser.add_argument("revision")
    parser.add_argument("--limit", type=float, default=1.02, help="the ratio of times that no case may exceed (1.02)")
    parser.add_argument("words", nargs="*", metavar="WORD", help="cases that have one of these words in their name; all if none")
    given = parser.parse_args()
    other = tree_of(given.revision)
    slower, failed, compared, start = 0, 0, 0, time.monotonic()
    print(f"the working tree's time over that of {given.revision}: the median of {rounds} to {measurements * rounds} pairs of "
          f"runs, in turn; at most {given.limit}")
    for program, arguments, threads, metric, options in all_cases():
        shown = [each.partition("=")[2] for each in options if "=" in each] or [str(each) for each in arguments if "/" not in str(each)]
        name = " ".join([program, *shown, f"({threads})"])
        if given.words and not any(word in name for word in given.words):
            continue
        compared += 1
        now, before = (contender(program, tree, options) for tree in (root, other))
        try:
            if now.missing or before.missing:
                # A case that is new is not comparable; one that is lost is a fault.
                raise Broken(now.missing) if now.missing else RuntimeError(before.missing)
            found = ratios(now, before, arguments, threads, metric)
            for _ in range(measurements - 1):
                if is_slower(found, given.limit):
                    found += ratios(now, before, arguments, threads, metric)
        except RuntimeError as error:
            failed += isinstance(error, Broken)
            print(f"  {name}: not comparable, {error}", flush=True)
            continue
        verdict = "SLOWER" if is_slower(found, given.limit) else "ok"
        slower += verdict != "ok"
        print(f"  {name}: {statistics.median(found):.3f} ({min(found):.3f} to {max(found):.3f}) {verdict}", flush=True)
    print(f"took {time.monotonic() - start:.0f} s")
    if not compared:
        sys.exit("no case has one of these words in its name")
    sys.exit(1 if slower or failed else 0)


main()
