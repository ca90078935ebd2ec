# Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
"""How long from a file of weights to the first prediction, and in how much memory?"""

from comparison import Contender, Question, build, node, python, run_once, strata


def place_of(name, program, mode):
    """A folder with the network's file, which `program` writes in a mode of its own."""
    place = build / "data" / name
    if not (place / "x.f32").exists():
        place.mkdir(parents=True, exist_ok=True)
        run_once(in_mode(program, mode), [place], 1)
    return place


def in_mode(program, mode, name=None):
    return Contender(name or program.name, [*program.command, mode], program.how)


def run():
    program = strata("load")
    question = Question(
        "load", "From a file to the first prediction", "milliseconds", "ms until the first prediction is there",
        text="Dense layers in float, one sample; the file is in the system's cache. From before the file is opened to the result, "
             "in a process that has started; `loading_ms` is the part of that before predicting. `megabytes` is the most that "
             "the process has held since its start, `megabytes_before` what it had held before it opened the file. `bytes` "
             "reads the file into new memory and does nothing with it: as every program gets memory, and in large pages, "
             "which strata asks for. A file's 100.7 MB are 96.1 of these megabytes, of 1,048,576 bytes.")
    shown = ["loading_ms", "processor_ms", "megabytes", "megabytes_before", "first"]
    pytorch = python("PyTorch", "load_pytorch", "torch", "python3-torch", is_started=False)
    place = place_of("load", program, "export")
    if not pytorch.missing and not (place / "network.onnx").exists():
        run_once(pytorch, [place, "export"], 1)
    floors = [in_mode(program, "read", "bytes"), in_mode(program, "read_large_pages", "bytes in large pages")]
    question.measure("100 MB", [in_mode(program, "predict"), *floors,
                                node("ONNX Runtime", "load_onnxruntime", "onnxruntime-node"), pytorch],
                     [place], rounds=7, shown=shown)
    question.measure("510 MB", [in_mode(program, "predict_large"), *floors],
                     [place_of("load_large", program, "export_large")], shown=shown)
    return question
