# Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
"""Debian's Python interpreters that have imported a peer's library, each of which runs scripts in copies of itself.

To import PyTorch takes longer than most of what its scripts measure."""

import atexit
import json
import os
import selectors
import signal
import subprocess
import tempfile

# Libraries read how many threads they may have when they are loaded, so that every number has an interpreter of its own. A
# copy is as the interpreter is behind its imports, which start no threads.
program = """
import importlib, json, os, runpy, sys
importlib.import_module(sys.argv[1])
for line in sys.stdin:
    asked = json.loads(line)
    copy = os.fork()
    if copy == 0:
        code = 1
        try:
            os.environ.update(asked["environment"])
            os.sched_setaffinity(0, asked["cores"])
            for number, path in ((0, "/dev/null"), (1, asked["out"]), (2, asked["complaint"])):
                os.dup2(os.open(path, os.O_RDWR), number)
            sys.argv = asked["arguments"]
            sys.path[0] = os.path.dirname(sys.argv[0])
            runpy.run_path(sys.argv[0], run_name="__main__")
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
        except BaseException as error:
            print(f"{type(error).__name__}: {error}", file=sys.stderr)
        finally:
            try:
                sys.stdout.flush()
                sys.stderr.flush()
            finally:
                os._exit(code)
    print(os.waitstatus_to_exitcode(os.waitpid(copy, 0)[1]), flush=True)
"""
running = {}


def start(module, environment):
    return subprocess.Popen(["/usr/bin/python3", "-c", program, module], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                            text=True, env=environment, start_new_session=True)


def stop(key):
    process = running.pop(key)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


@atexit.register
def stop_all():
    for key in list(running):
        stop(key)


def run(command, module, environment, patience, cores):
    """What a script prints, its exit code and what it complains of. `command` is the interpreter, the script and its arguments;
    `cores` those that it may run on."""
    key = module, environment["OMP_NUM_THREADS"]
    if key not in running:
        running[key] = start(module, environment)
    process = running[key]
    with tempfile.NamedTemporaryFile("r") as out, tempfile.NamedTemporaryFile("r") as complaint:
        asked = {"arguments": command[1:], "out": out.name, "complaint": complaint.name, "cores": cores,
                 "environment": {name: value for name, value in environment.items() if name.startswith("BENCH_")}}
        print(json.dumps(asked), file=process.stdin, flush=True)
        with selectors.DefaultSelector() as waiting:
            waiting.register(process.stdout, selectors.EVENT_READ)
            if not waiting.select(patience):
                stop(key)
                raise RuntimeError(f"no answer within {patience} s")
        answer = process.stdout.readline()
        if not answer:
            stop(key)
            raise RuntimeError(f"the interpreter with {module} has ended")
        return out.read(), int(answer), complaint.read()
