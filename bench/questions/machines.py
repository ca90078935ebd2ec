# Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
"""What do many machines gain that train one network together?"""

import shutil
import subprocess

import machines_simulation as simulation
from comparison import (Contender, Question, bench, build_program, cores, data, environment, flags, mode, patience, python, root,
                        rounds_of)
from figures import with_unit

ranks = (1, 2, 4, 8)
# A network: its name, the program's word for it, weights of its learnt arrays, batch, piece, steps to measure.
networks = (("MNIST network", "mnist", (784 * 512, 512, 5120, 10), 256, 32, 120),
            ("convnet", "cnn", (288, 32, 9216, 32, 4608 * 128, 128, 1280, 10), 64, 8, 30))
wires = (simulation.Wire("100 Gbit/s", latency=2e-6, overhead=3e-7, bandwidth=12.5e9),
         simulation.Wire("10 Gbit/s Ethernet", latency=30e-6, overhead=2e-6, bandwidth=1.25e9))
implementations = (("OpenMPI", "openmpi", ["--allow-run-as-root", "--oversubscribe", "--bind-to", "none"], "openmpi-bin, libopenmpi-dev"),
                   ("MPICH", "mpich", [], "mpich, libmpich-dev"))


def program(word, packages):
    """bench/strata/machines.cpp for one of both MPIs, or why there is none."""
    if shutil.which(f"mpicxx.{word}") is None or shutil.which(f"mpirun.{word}") is None:
        return None, f"no mpicxx.{word} (Debian: {packages})"
    return build_program(bench / "strata" / "machines.cpp",
                         [f"mpicxx.{word}", *flags, f"-I{root / 'dsl'}", f"-I{root / 'include'}", f"-I{bench}", "-lz"])


def started(word, options, count):
    return [f"mpirun.{word}", *options, "-np", str(count)]


def answer(command):
    """What a program prints."""
    return subprocess.run(list(map(str, command)), capture_output=True, text=True, check=True, env=environment(1),
                          timeout=patience).stdout


def fastest_parts(text):
    """Of the same part, the fastest of several measurements."""
    best = {}
    for line in text.splitlines():
        words = line.split()
        if words and words[0] == "part" and (words[1:3] not in (known.split()[1:3] for known in best.values())
                                             or float(words[3]) < float(best[tuple(words[1:3])].split()[3])):
            best[tuple(words[1:3])] = line
    return "\n".join(best.values())


def wire_here(text, size):
    """What connects processes on this machine: the processor copies all bytes, at the speed for messages of about this size."""
    seconds = {(int(bytes_), int(many)): float(time) for _, bytes_, many, time in map(str.split, text.splitlines())}
    overhead = seconds[64, 32] / 32 / 2
    near = min((each for each, many in seconds if many == 1 and each >= 4096), key=lambda each: abs(each - size))
    return simulation.Wire("this machine", overhead, overhead, 2 * near / max(seconds[near, 1] - 2 * overhead, 1e-9), copies=True)


def contender_name(count, implementation, is_separate=False):
    return f"strata, {count} rank{'s' * (count > 1)}, {implementation}{', no shared memory' * is_separate}"


def describe(question, case, name, batch):
    """Says of a network's runs what they mean beside each other."""
    found = case["contenders"]
    alone = found["strata"]["median"]
    weak = {}
    for contender, each in found.items():
        shown = each["shown"]
        if "without_messages" not in shown:
            shown["speed-up"] = alone / each["median"]
            continue
        shown["silence"] = shown.pop("without_messages")
        count, implementation, *separate = contender.split(", ")[1:]
        count = int(count.split()[0])
        one = found[contender_name(1, implementation)]
        weak_seconds = shown.pop("weak_seconds")
        meetings = shown.pop("with_meetings")
        weak[contender] = ([weak_seconds], {"efficiency": count * one["median"] / min(count, cores) / weak_seconds})
        waiting, alone_messages = shown.pop("waiting"), shown.pop("messages_alone")
        sent, least, shared = shown.pop("bytes"), shown.pop("least_bytes"), shown.pop("shared_bytes")
        shown["speed-up"] = one["median"] / each["median"]
        shown["beside silence"] = each["median"] / shown["silence"]
        if count > 1:
            shown["messages alone, us"] = 1e6 * alone_messages
            shown["waiting, us"] = 1e6 * waiting
            # The processors at work copy the messages' bytes as well: on one machine neither hides behind the other.
            shown["work and messages"] = shown["silence"] + alone_messages
            shown["work and meetings"] = meetings
            shown["meetings beside silence"] = meetings / shown["silence"]
            shown["bytes sent"] = sent
            if separate:
                shown["hidden"] = 1 - (each["median"] - shown["silence"]) / alone_messages
                shown["of the least"] = sent / least
            else:
                shown["bytes shared"] = shared
    question.add(f"{name}, batch {batch} a rank", weak)


def simulate(question, name, word, arrays, batch, piece, parts, here, measured):
    """Checks the simulation beside the runs here, and lets it run for as many machines as are not here."""
    lines = [f"**{name}: simulated beside measured** (ms a step, the same batch of {batch} on {cores} cores)", "",
             "| ranks | " + " | ".join(f"{implementation}: simulated | measured | error" for implementation in here) + " |",
             "|---" * (1 + 3 * len(here)) + "|"]
    for count in ranks:
        cells = [str(count)]
        for implementation, text in here.items():
            wire = wire_here(text, 4 * max(arrays) / count)
            expected = simulation.step_seconds(parts, wire, count, batch, piece, cores=cores)
            seen = measured.get(contender_name(count, implementation, count > 1))
            cells += [f"{1e3 * expected:.3f}", f"{1e3 * seen['median']:.3f}" if seen else "",
                      f"{100 * (expected / seen['median'] - 1):+.0f} %" if seen else ""]
        lines.append("| " + " | ".join(cells) + " |")
    spread = parts.spread()
    lines += ["", f"**{name}: 1 to 4,096 machines, simulated** (a step's time on one varies by exp({spread:.2f} z), z normal)", "",
              "| what | machines | a step | speed-up | of that: " + " | ".join(simulation.causes.values()) + " |",
              "|---" * (4 + len(simulation.causes)) + "|"]
    sentences = []
    for grows, words in ((False, f"batch {batch}"), (True, f"batch {batch} a machine")):
        curves = {}
        for wire in wires:
            for direct in (True, False):
                steps = simulation.scaling(parts, wire, batch, grows, spread, direct)
                way = f"{wire.name}{'' if direct else ', in pairs'}"
                curves[way] = [(machines, speed) for machines, _, speed in steps]
                last, why = simulation.stop(steps, grows)
                speeds = dict(curves[way])
                behind = f", then bound by {simulation.causes[why]}" if why else ""
                sentences.append(f"{name}, {words}, {way}: " + (
                    f"half of the ideal speed or more up to {last:,} machines ({speeds[last]:.3g} times one's)" if grows else
                    f"scales up to {last:,} machines ({speeds[last]:.3g} times one's)") + behind)
                for machines, step, speed in steps:
                    if direct and machines in (1, 2, 8, 64, 512, 4096):
                        lines.append(f"| {words}, {way} | {machines} | {with_unit(step.seconds, 's')} | {speed:.3g} | " + " | ".join(
                            f"{100 * max(0.0, step.causes[cause]) / step.seconds:.0f} %" for cause in simulation.causes) + " |")
        curves["ideal"] = [(machines, machines) for machines, _ in next(iter(curves.values()))]
        question.curves.append({"name": f"machines_{word}_{'weak' if grows else 'strong'}",
                                "title": f"{name}, {words}, simulated: speed, one machine = 1", "x": "machines", "lines": curves})
    for sentence in sentences:
        print(f"  {sentence}", flush=True)
    question.remarks.append("\n".join(lines + ["", *(f"- {sentence}" for sentence in sentences)]))


def run():
    _, raw = data()
    built = {name: (word, options, *program(word, packages)) for name, word, options, packages in implementations}
    question = Question(
        "machines", "Training on many machines", "seconds", "s a step",
        text=f"Processes on {cores} cores, one thread each, that share every batch; of every network all of them in turn. "
             "`silence` is a step in seconds of as many processes that do the same work and say nothing, `messages alone` the "
             "step's messages with no work between, `hidden` what of their time the step does not show, `work and messages` one "
             "behind the other, `work and meetings` a step of the silent ones that only tell each other its losses, which all have "
             "to know before any updates (`meetings beside silence` is the ratio), `waiting` what a process waits for others, "
             "`bytes sent` a process's in a step, of which the least is 2 (ranks - 1) / ranks of the weights where nothing is shared. Processes of one host share memory, `bytes shared` "
             "each, with its sums and the weights: what others read there is no message, and not sent. Those of `no shared memory` "
             "send all of it, as processes on different hosts do. "
             "PyTorch's processes are DistributedDataParallel's with gloo. `efficiency` of a batch that grows: the work a second "
             "and core beside one rank's.")
    for name, word, arrays, batch, piece, steps in networks:
        contenders = []
        for implementation, (mpi, options, path, why) in built.items():
            how = f"mpicxx.{mpi} {' '.join(flags)}"
            if not contenders:
                contenders += [Contender("strata" if threads == 1 else f"strata, {threads} threads",
                                         path and [path, word, raw, "alone", batch, piece, steps, threads], how, why)
                               for threads in dict.fromkeys((1, cores))]
            contenders += [Contender(contender_name(count, implementation, is_separate),
                                     path and [*started(mpi, options, count), path, word, raw,
                                               "separate" if is_separate else "together", batch, piece, steps], how, why)
                           for count in ranks for is_separate in (False, True)[:count]]
        pytorch = python("PyTorch", "machines_pytorch", "torch", "python3-torch", is_started=False)
        for processes in (1, 2):
            contenders.append(Contender("PyTorch" if processes == 1 else "PyTorch, 2 processes", pytorch.command and [
                *pytorch.command, word, str(raw), str(batch), str(steps // 2), str(processes)], pytorch.how, pytorch.missing))
        for each in contenders:
            each.command = each.command and list(map(str, each.command))
            each.has_helpers = True
        question.measure(f"{name}, batch {batch}", contenders, [], 1,
                         shown=["without_messages", "with_meetings", "messages_alone", "waiting", "weak_seconds", "bytes", "least_bytes", "shared_bytes", "way"])
        known = {implementation: each for implementation, each in built.items() if each[2]}
        if mode == "build" or not known:
            continue
        case = question.cases[-1]
        describe(question, case, name, batch)
        path = next(iter(known.values()))[2]
        parts = simulation.Parts(arrays, fastest_parts("\n".join(
            answer([path, word, raw, "parts", 6 * steps]) for _ in range(rounds_of(2)))))
        here = {implementation: answer([*started(mpi, options, 2), path, word, raw, "wire"])
                for implementation, (mpi, options, path, _) in known.items()}
        simulate(question, name, word, arrays, batch, piece, parts, here, case["contenders"])
    return question
