# Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
"""How long until a program has made one prediction, and how much does it weigh?"""

import os
import pathlib
import resource
import shutil
import statistics
import subprocess
import time

import predict
from comparison import Question, build, environment, rounds_of, rounds_of


def weight(command):
    """Bytes of the program, stripped, and of the libraries that it loads beside C++'s own; none for a script."""
    program = pathlib.Path(command[0])
    if not program.is_relative_to(build):
        return None
    stripped = build / "stripped"
    shutil.copy(program, stripped)
    subprocess.run(["strip", stripped], check=True)
    libraries = 0
    for line in subprocess.run(["ldd", program], capture_output=True, text=True, env=environment(1)).stdout.splitlines():
        parts = line.split()
        if len(parts) > 2 and parts[2].startswith("/") and not parts[0].startswith(("libc.", "libm.", "libstdc", "libgcc",
                                                                                   "libgomp")):
            libraries += os.path.getsize(os.path.realpath(parts[2]))
    return stripped.stat().st_size, libraries


def used():
    """Seconds of processors, and page faults, of all processes that have ended so far."""
    seen = resource.getrusage(resource.RUSAGE_CHILDREN)
    return seen.ru_utime + seen.ru_stime, seen.ru_minflt


def run():
    raw, contenders = predict.contenders()
    question = Question("startup", "Start-up and size", "seconds", "s to start, read weights, predict once and end",
                        text="From starting the process to its end; beside it the processor time of that and its page "
                             "faults, most of which are the images'. Programs that start within 50 ms have 45 turns, "
                             "others 9. The size is the stripped program's, and with it the shared libraries' that it loads "
                             "beside those of C, C++ and OpenMP.")
    times = {each.name: [] for each in contenders}
    spent = {each.name: [] for each in contenders}
    sizes = {}
    for each in contenders:
        question.contenders[each.name] = {"how": each.how, "missing": each.missing}
    for turn in range(rounds_of(45)):
        for each in contenders:
            if each.missing or (turn >= 9 and min(times[each.name]) > 0.05):
                continue
            before = used()
            begin = time.perf_counter()
            subprocess.run([*each.command, str(raw), "start"], check=True, capture_output=True, env=environment(1))
            times[each.name].append(time.perf_counter() - begin)
            spent[each.name].append([end - start for end, start in zip(used(), before)])
            if each.name not in sizes:
                sizes[each.name] = weight(each.command)
    shown = {}
    for name, seen in spent.items():
        if not seen:
            continue
        processor, faults = (statistics.median(values) for values in zip(*seen))
        shown[name] = {"processor_ms": processor * 1e3, "page_faults": faults}
        if sizes[name] is not None:
            shown[name] |= {"program_kB": sizes[name][0] / 1e3, "with_libraries_MB": sum(sizes[name]) / 1e6}
    question.add("one prediction", {name: (seen, shown[name]) for name, seen in times.items() if seen})
    return question
