# Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
"""What ran: the processor, the compilers, the libraries and their versions."""

import datetime
import re
import subprocess

from comparison import cores, environment, few_rounds, flags, long_round, many_rounds, openblas, revision


def output(*command, **options):
    run = subprocess.run(command, capture_output=True, text=True, **options)
    return run.stdout.strip()


def processor():
    text = open("/proc/cpuinfo", encoding="utf-8").read()
    found = lambda key: re.search(rf"^{key}\s*: (.*)$", text, re.M)
    sets = [name for name in ("sse4_2", "avx2", "fma", "avx512f") if re.search(rf"\b{name}\b", text)]
    name, clock = found("model name"), found("cpu MHz")
    return f"{name.group(1) if name else 'unknown'}, {cores} cores, {float(clock.group(1)):.0f} MHz, {' '.join(sets)}"


def package(name):
    return output("dpkg-query", "--show", "--showformat=${Version}", name) or "not installed"


def openblas_kernel():
    if not openblas.exists():
        return "not installed"
    code = (f"import ctypes; library = ctypes.CDLL('{openblas / 'libopenblas.so.0'}'); "
            "library.openblas_get_corename.restype = ctypes.c_char_p; print(library.openblas_get_corename().decode())")
    return f"{package('libopenblas0-openmp')}, OpenMP build, kernel {output('/usr/bin/python3', '-c', code, env=environment(1))}"


def describe():
    """Pairs of a name and what it is."""
    return [("date", datetime.date.today().strftime("%-d %B %Y")),
            ("strata", revision()),
            ("processor", processor()),
            ("compiler", f"{output('g++', '--version').splitlines()[0]}, {' '.join(flags)}"),
            ("OpenBLAS", openblas_kernel()),
            ("oneDNN", package("libdnnl2")), ("Eigen", package("libeigen3-dev")), ("dlib", package("libdlib-dev")),
            ("PyTorch, libtorch", package("libtorch1.13")), ("SLEEF", package("libsleef3")), ("tiny-dnn", package("tiny-dnn")),
            ("xsimd", package("libxsimd-dev")), ("Node.js", output("node", "--version") or "not installed"),
            ("rounds", f"each contender once a round, in turn; {many_rounds} rounds or more, where one takes {long_round} s or longer "
                       f"{few_rounds}, as each figure says; medians, with the lowest and the highest behind. A peer with several ways "
                       "to run tries them in the first round and takes the fastest in all. Python's peers run in interpreters that "
                       "have imported their library, but where start-up or memory is asked. One thread runs on the core that a probe "
                       "finds the fastest before, but where others work for it (Node.js, MPI, mapped files). OPENBLAS_* unset, "
                       "OMP_NUM_THREADS as each case says, denormals flushed where the peer can")]
