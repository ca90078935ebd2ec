# Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
"""How long until a program has made one prediction, and how much does it weigh?"""

import os
import pathlib
import shutil
import subprocess
import time

import predict
from comparison import Question, build, environment, rounds_of


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


def run():
    raw, contenders = predict.contenders()
    question = Question("startup", "Start-up and size", "seconds", "s to start, read weights, predict once and end",
                        text="From starting the process to its end. The size is the stripped program's, and with it the "
                             "shared libraries' that it loads beside those of C, C++ and OpenMP.")
    times = {each.name: [] for each in contenders}
    shown = {}
    for each in contenders:
        question.contenders[each.name] = {"how": each.how, "missing": each.missing}
    for _ in range(rounds_of(9)):
        for each in contenders:
            if each.missing:
                continue
            begin = time.perf_counter()
            subprocess.run([*each.command, str(raw), "start"], check=True, capture_output=True, env=environment(1))
            times[each.name].append(time.perf_counter() - begin)
            if each.name not in shown:
                sizes = weight(each.command)
                shown[each.name] = {} if sizes is None else {"program_kB": sizes[0] / 1e3, "with_libraries_MB": sum(sizes) / 1e6}
    question.add("one prediction", {name: (seen, shown[name]) for name, seen in times.items() if seen})
    return question
