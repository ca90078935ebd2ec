# Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
"""Is the working tree slower than another revision? against.py REVISION

Both trees' headers are compiled into the same programs, which run in turn. A case is slower if the median of the ratios of
neighbouring runs is above 1.05 and three quarters of them are above 1.02, in two measurements one after the other: noise of
a shared machine is rarely both. Ends with 1 if a case is slower."""

import statistics
import subprocess
import sys

from comparison import all_threads, bench, build, compile_cpp, data, flags, root, run_once, Contender

band, most_of_them, rounds = 1.05, 1.02, 9


def tree_of(revision):
    """The headers of a revision, checked out below the build directory."""
    found = subprocess.run(["git", "-C", str(root), "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}"],
                           capture_output=True, text=True)
    if found.returncode != 0:
        sys.exit(f"bench/run.sh against: no revision '{revision}' in this repository")
    place = build / "against" / found.stdout.strip()
    if not place.exists():
        place.mkdir(parents=True)
        archive = subprocess.run(["git", "-C", str(root), "archive", found.stdout.strip(), "dsl", "include"],
                                 capture_output=True, check=True)
        subprocess.run(["tar", "--extract", "--directory", str(place)], input=archive.stdout, check=True)
    return place


def contender(program, tree):
    found, why = compile_cpp(bench / "strata" / f"{program}.cpp", [*flags, "-lz"], tree)
    return Contender(program, found and [str(found)], missing=why)


def ratios(now, before, arguments, threads, metric, count):
    """The working tree's time over the other's, pair by pair; the order alternates."""
    result = []
    for number in range(count):
        pair = {}
        for side in ((now, before) if number % 2 == 0 else (before, now)):
            pair[side] = run_once(side, arguments, threads)[metric]
        result.append(pair[now] / pair[before] if metric in ("seconds", "ns", "microseconds") else pair[before] / pair[now])
    return sorted(result)


def is_slower(found):
    return statistics.median(found) > band and found[len(found) // 4] > most_of_them


def main():
    if len(sys.argv) != 2:
        sys.exit("bench/run.sh against REVISION")
    other = tree_of(sys.argv[1])
    idx, raw = data()
    many = all_threads[-1]
    cases = [("train", [raw, 32, 20_000, 2], 1, "seconds"), ("train", [raw, 128, 30_000, 2], many, "seconds"),
             ("predict", [raw, "one"], 1, "seconds"), ("predict", [raw, "many"], 1, "seconds"),
             ("small", ["xor"], 1, "seconds"), ("small", ["given"], 1, "seconds"),
             ("contraction", ["forward", 32, 784, 512], 1, "microseconds"),
             ("contraction", ["weight_gradient", 32, 784, 512], 1, "microseconds"),
             ("contraction", ["input_gradient", 32, 784, 512], 1, "microseconds"),
             ("optimizer", ["adam", 407_050], 1, "microseconds"), ("pipeline", [idx, "batches"], 1, "images")]
    slower = 0
    print(f"the working tree's time over that of {sys.argv[1]}; {rounds} pairs of runs each, in turn; slower is a median above "
          f"{band} with three quarters above {most_of_them}, twice")
    for program, arguments, threads, metric in cases:
        name = " ".join([program, *(str(each) for each in arguments if "/" not in str(each)), f"({threads})"])
        before = contender(program, other)
        if before.missing:
            print(f"  {name}: not comparable, {before.missing}")
            continue
        now = contender(program, root)
        found = ratios(now, before, arguments, threads, metric, rounds)
        if is_slower(found):
            found = ratios(now, before, arguments, threads, metric, rounds)
        verdict = "SLOWER" if is_slower(found) else "ok"
        slower += verdict != "ok"
        print(f"  {name}: {statistics.median(found):.3f} ({found[0]:.3f} to {found[-1]:.3f}) {verdict}", flush=True)
    sys.exit(1 if slower else 0)


main()
