# Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
"""Runs contenders in turn and keeps what they print.

A contender is a program that is run once a round for each case and prints lines of `metric value`. A round runs every
contender once (A B C, A B C, ...), so that whatever else the machine does falls on all of them alike. It has rounds until
its median stands on enough of them: five, or three where one takes long."""

import functools
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import time
from statistics import median

import interpreters

bench = pathlib.Path(__file__).resolve().parent
root = bench.parent
build = root / "build" / "bench"
flags = ["-std=c++20", "-O3", "-march=native", "-fopenmp"]
openblas = pathlib.Path("/usr/lib/x86_64-linux-gnu/openblas-openmp")
all_cores = sorted(os.sched_getaffinity(0))
cores = len(all_cores)
patience = 300  # seconds that a run may take
many_rounds, few_rounds = 5, 3  # that a contender has in a case: few where one takes so many seconds or more
long_round = 2
floor_rounds = 3  # of which each finds the best of many tries
all_threads = [1] if cores == 1 else [1, cores]
# A `trial` is one round of everything, to see that it runs; a `build` none, so that programs are there afterwards.
mode = os.environ.get("BENCH_MODE", "measurement")
results = build / ("results" if mode == "measurement" else mode)


def rounds_of(wanted):
    """How often each contender runs where so many rounds make a figure."""
    return {"build": 0, "trial": 1}.get(mode, wanted)


class Contender:
    """A name, the command that runs it, and how it came to be; or why it is missing."""

    def __init__(self, name, command=None, how="", missing="", module="", has_helpers=False):
        self.name, self.command, self.how, self.missing = name, command, how, missing
        self.module = module  # what its interpreter has imported before it runs, if its start is no part of the question
        self.has_helpers = has_helpers  # whether other threads or processes work for it where it is given one thread


def revision():
    """The tree's revision, and whether what is measured differs from it."""
    def git(*command):
        return subprocess.run(["git", "-C", str(root), *command], capture_output=True, text=True).stdout.strip()
    changed = git("status", "--porcelain", "--", "include", "dsl", "bench")
    return git("rev-parse", "--short", "HEAD") + " with changes" * bool(changed)


def compile_cpp(source, options, tree):
    """The program built from a source, or the compiler's first complaint. Kept until something changes."""
    return build_program(source, ["g++", *options, f"-I{tree / 'dsl'}", f"-I{tree / 'include'}", f"-I{bench}"])


@functools.cache
def names_of_includes(path):
    return re.findall(r'^\s*#\s*include\s*["<]([^">]+)[">]', path.read_text(errors="replace"), re.MULTILINE)


def files_of(source, places):
    """A source and what it includes that lies beside it or in one of the places, whatever its conditions are. What
    packages have installed does not change."""
    found, left = {source}, [source]
    while left:
        path = left.pop()
        for name in names_of_includes(path):
            candidates = (place / name for place in (path.parent, *places))
            file = next((each.resolve() for each in candidates if each.is_file()), None)
            if file and file not in found and not file.is_relative_to("/usr"):
                found.add(file)
                left.append(file)
    return sorted(found)


def build_program(source, command, others=()):
    """The program that a command builds from a source. `others` are files that it depends on besides what it includes."""
    digest = hashlib.sha256(" ".join(command).encode())
    places = [pathlib.Path(option[2:]) for option in command if option.startswith("-I")]
    for path in [*files_of(source, places), *others]:
        digest.update(path.read_bytes())
    program = build / "programs" / f"{source.stem}-{digest.hexdigest()[:16]}"
    if program.exists():
        return program, ""
    program.parent.mkdir(parents=True, exist_ok=True)
    libraries = [option for option in command if option.startswith("-l")]
    rest = [option for option in command if not option.startswith("-l")]
    unfinished = program.with_name(f"{program.name}.{os.getpid()}")
    run = subprocess.run([*rest, str(source), *libraries, "-o", str(unfinished)], capture_output=True, text=True)
    if run.returncode == 0:
        unfinished.rename(program)
        return program, ""
    complaints = [line for line in run.stderr.splitlines() if "error" in line or "cannot find" in line]
    return None, (complaints or ["the compiler failed"])[0][:200]


def strata(program, name="strata", options=()):
    """A program of bench/strata."""
    found, why = compile_cpp(bench / "strata" / f"{program}.cpp", [*flags, *options, "-lz"], root)
    if not found:
        raise RuntimeError(f"bench/strata/{program}.cpp does not compile: {why}")
    return Contender(name, [str(found)], f"g++ {' '.join(flags)}")


def engine(source, variant):
    """A program for a browser: with the instructions that every browser has (`wasm`), or with multiply-add (`relaxed`)."""
    browser = root / "examples" / "browser"
    settings = browser / f"{variant}.cfg"
    return build_program(source, ["clang++-19", "--config", str(settings), "-O3", f"-I{bench}", f"-I{browser / 'engines'}"],
                         [*browser.glob("*.cfg"), *browser.glob("simde/*"), *(browser / "engines").rglob("*.hpp"),
                          *(root / "examples" / "networks").glob("*.hpp"), *(root / "dsl").rglob("*.hpp"),
                          *(root / "include").rglob("*.hpp"), *bench.glob("*.hpp")])


def cpp(name, program, packages, options=()):
    """A peer's C++ program."""
    found, why = compile_cpp(bench / "peers" / f"{program}.cpp", [*flags, *options], root)
    if not found:
        return Contender(name, missing=f"{why} (Debian: {packages})")
    shown = [option for option in options if not option.startswith("-I")]
    return Contender(name, [str(found)], f"g++ {' '.join([*flags, *shown])}")


def unpackaged(name, variable, program, options, how):
    """A peer that is no Debian package. `options(sources)` are the compiler's, behind those of all programs."""
    sources = os.environ.get(variable)
    if not sources:
        return Contender(name, missing=f"no Debian package; {variable} does not name its sources")
    contender = cpp(name, program, "libeigen3-dev", options(pathlib.Path(sources)))
    contender.how = f"g++ {' '.join(flags)} {how}"
    return contender


def python(name, program, module, packages, is_started=True):
    """A peer's Python program, with Debian's interpreter, which has started and imported the module unless that is asked."""
    check = subprocess.run(["/usr/bin/python3", "-c", f"import {module}; print({module}.__version__)"],
                           capture_output=True, text=True)
    if check.returncode != 0:
        return Contender(name, missing=f"no module {module} (Debian: {packages})")
    return Contender(name, ["/usr/bin/python3", str(bench / "peers" / f"{program}.py")],
                     f"{module} {check.stdout.strip()}", module=module if is_started else "")


def node(name, program, module):
    """A peer's JavaScript program, with packages that bench/run.sh asked npm for."""
    package = build / "npm" / "node_modules" / module / "package.json"
    if shutil.which("node") is None or not package.exists():
        return Contender(name, missing=f"no module {module} (npm)")
    version = json.loads(package.read_text())["version"]
    return Contender(name, ["node", str(bench / "peers" / f"{program}.js")], f"{module} {version}", has_helpers=True)


def environment(threads):
    """What every contender runs in: so many threads, and OpenBLAS's OpenMP build where a peer uses BLAS."""
    result = {key: value for key, value in os.environ.items() if not key.startswith("OPENBLAS_")}
    result.update(OMP_NUM_THREADS=str(threads), OPENBLAS_NUM_THREADS=str(threads), TF_CPP_MIN_LOG_LEVEL="3",
                  NODE_PATH=str(build / "npm" / "node_modules"), BENCH_THREADS=str(threads))
    if openblas.exists():
        result["LD_LIBRARY_PATH"] = f"{openblas}:{result.get('LD_LIBRARY_PATH', '')}"
    return result


def output_of(contender, arguments, threads, way, core):
    """What one run prints, and how it ended and complained. `core`: the only one that it may run on, if there is one."""
    command = [*contender.command, *map(str, arguments)]
    surroundings = environment(threads) | ({"BENCH_WAY": way} if way else {})
    if contender.module:
        return interpreters.run(command, contender.module, surroundings, patience, all_cores if core is None else [core])
    if core is not None:
        command = ["taskset", "--cpu-list", str(core), *command]
    try:
        run = subprocess.run(command, capture_output=True, text=True, env=surroundings, timeout=patience)
    except subprocess.TimeoutExpired:
        raise RuntimeError(f"no answer within {patience} s") from None
    return run.stdout, run.returncode, run.stderr


def run_once(contender, arguments, threads, way="", core=None):
    """The metrics that one run prints, or the last line of its complaint. A peer that has several ways tries them all, or
    takes the one that is given."""
    text, code, complaint = output_of(contender, arguments, threads, way, core)
    if code != 0:
        lines = (complaint.strip() or f"exit code {code}").splitlines()
        raise RuntimeError(lines[-1][:200])
    result = {}
    for line in text.splitlines():
        name, _, value = line.partition(" ")
        try:
            result[name] = float(value)
        except ValueError:
            result[name] = value
    return result


def core_for(contender, threads):
    """The core that is the fastest at the moment, where one thread runs. On a host that others use as well a core may take a
    third longer than the next, and another one within minutes."""
    if threads > 1 or cores == 1 or contender.has_helpers:
        return None
    return int(run_once(strata("fastest_core"), [], cores)["core"])


def run_in_turn(contender, arguments, threads, way=""):
    """The same as `run_once`, where figures are set beside each other."""
    return run_once(contender, arguments, threads, way, core_for(contender, threads))


def has_enough(taken, rounds):
    """Whether a contender whose rounds took so many seconds needs no further one."""
    return len(taken) >= rounds or len(taken) >= few_rounds and median(taken) >= long_round


def floors():
    """Measures what the machine can do at most, as a contender of its own."""
    return strata("floor", "floor")


def build_probes():
    """Builds what is run beside all contenders."""
    floors()
    strata("fastest_core")


class Question:
    """One question: contenders, and cases that each of them is run for."""

    def __init__(self, name, title, metric, unit, lower_is_better=True, text=""):
        self.name, self.title, self.metric, self.unit = name, title, metric, unit
        self.lower_is_better, self.text = lower_is_better, text
        self.cases = []
        self.contenders = {}
        self.curves = []  # pictures beside the bars: name, title, x and lines, of each of which (x, y) are known
        self.remarks = []  # Markdown behind the table

    def measure(self, case, contenders, arguments, threads=1, rounds=many_rounds, floor=None, shown=(),
                floor_arguments=(), bounds=None, scale=1):
        """Runs the contenders in turn; those that take long run less often. `floor(machine)` is the best possible metric, from
        what `floor` printed, with bytes to read as an argument; `shown` names metrics to print beside the time, accuracy
        for one. `bounds` are by their names what else no program can pass, as `floor`. The metric is `scale` times what a
        run prints."""
        runs = {contender.name: [] for contender in contenders}
        taken = {contender.name: [] for contender in contenders}
        failed = {}
        machine = []
        for contender in contenders:
            self.contenders[contender.name] = {"how": contender.how, "missing": contender.missing}
        if mode == "build":
            build_probes()
            return
        for round_number in range(rounds_of(rounds)):
            left = [each for each in contenders if not each.missing and each.name not in failed
                    and not has_enough(taken[each.name], rounds)]
            if left and (floor is not None or bounds) and round_number < floor_rounds:
                machine.append(run_in_turn(floors(), floor_arguments, threads))
            for contender in left:
                start = time.monotonic()
                seen = runs[contender.name]
                try:
                    # The first round finds the fastest way.
                    seen.append(run_in_turn(contender, arguments, threads, seen[0].get("way", "") if seen else ""))
                except RuntimeError as error:
                    failed[contender.name] = str(error)
                taken[contender.name].append(time.monotonic() - start)
        beside = {name: {key: median([each[key] for each in seen]) if isinstance(seen[0][key], float) else seen[0][key]
                         for key in shown if key in seen[0]} for name, seen in runs.items() if seen}
        speeds = {key: median([each[key] for each in machine]) for key in machine[0]} if machine else {}
        self.add(case, {name: ([scale * each[self.metric] for each in seen], beside[name]) for name, seen in runs.items() if seen},
                 None if floor is None else floor(speeds), failed,
                 {name: bound(speeds) for name, bound in (bounds or {}).items()})

    def add(self, case, found, floor=None, failed=None, bounds=None):
        """Keeps what a case gave: of each contender the metric's values and what to show beside."""
        result = {"case": case, "failed": failed or {}, "contenders": {
            name: {"median": median(values), "low": min(values), "high": max(values), "runs": len(values), "shown": shown}
            for name, (values, shown) in found.items()}}
        if floor is not None:
            result["floor"] = floor
        if bounds:
            result["bounds"] = bounds
        self.cases.append(result)
        print(f"  {self.line(result)}", flush=True)

    def line(self, case):
        parts = [f"{name} {found['median']:.4g}" for name, found in case["contenders"].items()]
        if "floor" in case:
            parts.append(f"floor {case['floor']:.4g}")
        parts += [f"{name} {bound:.4g}" for name, bound in case.get("bounds", {}).items()]
        parts += [f"{name}: {why}" for name, why in case["failed"].items()]
        return f"{case['case']} [{self.unit}]: " + ", ".join(parts)

    def save(self, seconds):
        """Keeps the answer, what of the tree gave it, and how long that took."""
        self.seconds, self.revision = seconds, revision()
        place = results / f"{self.name}.json"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(json.dumps(self.__dict__, indent=1))


def data():
    """The MNIST files' directory and raw copies of them, the same bytes for every contender: pixels and labels as bytes,
    and the network's first weights as 32-bit floats in Keras's order."""
    directory = pathlib.Path(os.environ.get("STRATA_MNIST", root.parent / "shared" / "data" / "mnist"))
    if not directory.exists():
        directory = pathlib.Path("/usr/share/datasets/fashion-mnist")
    raw = build / "data" / directory.name
    if not (raw / "weights.f32").exists():
        raw.mkdir(parents=True, exist_ok=True)
        run_once(strata("export"), [directory, raw], 1)
    return directory, raw


def without_dark_pixels(raw):
    """The same data with pixels of 0 raised to 1, for strata leaves out zeros."""
    bright = raw.with_name(f"{raw.name}-bright")
    if not (bright / "weights.f32").exists():
        bright.mkdir(parents=True, exist_ok=True)
        for name in ("train_x.u8", "test_x.u8"):
            (bright / name).write_bytes((raw / name).read_bytes().replace(b"\0", b"\1"))
        for name in ("train_y.u8", "test_y.u8", "weights.f32"):
            shutil.copy(raw / name, bright / name)
    return bright
