# Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
"""README's table of figures, made from the answers of a run."""

import dataclasses
import re
from statistics import geometric_mean

from comparison import root
from figures import whole

head = "| Question | strata | beside it | `bench/run.sh` |"


@dataclasses.dataclass(frozen=True)
class Row:
    """Cases of a question in a reader's words. With `kernels` they are the beginnings of many cases' names, of whose ratios
    the table has the means and the lowest."""
    words: str
    question: str
    cases: tuple
    contender: str = "strata"
    beside: tuple = ()  # which peers, all if none
    shown: tuple = ()  # figures beside the metric, each with its unit
    kernels: bool = False


def convolutions():
    for kernels, words in ((("forward, bias, relu",), "a convolution of ResNet-50 with bias and relu, mean over 23 shapes"),
                           (("input gradient", "weight gradient"), "its gradients by input; by weights")):
        for threads in ("1 thread", "2 threads"):
            for batch in (1, 16):
                yield Row(f"{words}, {threads.replace('1', 'one').replace('2', 'two')}, batch {batch}", "convolution",
                          tuple(f"{kernel}, batch {batch}, {threads}: " for kernel in kernels), kernels=True)


dark = "one at a time, no dark pixels"
rows = [
    Row("an epoch of MNIST, 784-512-10, batch 32, one thread", "train", ("batch 32, 1 thread",)),
    Row("the same, two threads", "train", ("batch 32, 2 threads",)),
    Row("the same, batch 128, one thread", "train", ("batch 128, 1 thread",)),
    Row("batch 32, one thread, no dark pixels", "train", ("batch 32, 1 thread, no dark pixels",)),
    Row("3,200 images of it", "train", ("batch 32, 1 thread, 3,200 images",)),
    Row("both in Chromium (WebAssembly, a worker's processor time): these 3,200 images; one prediction; 256 at once; the same, "
        "no dark pixels", "browser",
        ("dense, an epoch of 3,200, batch 32", "dense, one at a time", "dense, 256 at once, each", "dense, 256 at once, no pixel dark"),
        beside=("TensorFlow.js",)),
    Row("there, one image of `mnist_cnn`; a picture through the Teachable machine's trunks, `centernet`; MoveNet; an epoch of "
        "its network", "browser", ("convnet, one at a time", "centernet, a picture", "MoveNet, a picture", "Teachable machine, an epoch"),
        beside=("TensorFlow.js",)),
    Row("there, an epoch of the playground, 2-4-2-1; 4-8-8-1; 7 features and 6 x 8", "browser",
        ("playground, 2-4-2-1, tanh, an epoch", "playground, 4-8-8-1, relu, an epoch", "playground, 7 and 6 x 8, tanh, an epoch"),
        beside=("TensorFlow.js", "TensorFlow Playground")),
    Row("one prediction with it", "predict", ("one at a time, 1 thread",)),
    Row("the same, no dark pixels", "predict", ("one at a time, no dark pixels, 1 thread",)),
    Row("the same, weights of bfloat16", "predict", (f"{dark}, kernels of bfloat16, 1 thread",), "strata, bfloat16", ("strata",)),
    Row("the same, weights of 8 bits", "predict", (f"{dark}, weights of 8 bits, 1 thread",), "strata, int8", ("strata",)),
    Row("256 predictions at once, each", "predict", ("256 at once, 1 thread",)),
    Row("the same, no dark pixels", "predict", ("256 at once, no dark pixels, 1 thread",)),
    Row("40,000 single-sample updates of XOR", "small", ("XOR, 40,000 updates",)),
    Row("one prediction of 1-8-8-1 with tanh; fed back", "small", ("1-8-8-1, one after the other", "1-8-8-1, output fed back")),
    Row("controllers, 6-64-8-4; 4-32-32-2: one prediction", "small", ("6-64-8-4", "4-32-32-2")),
    Row("their update with Adam by one sample", "small", ("6-64-8-4, an update by 1, adam", "4-32-32-2, an update by 1, adam")),
    Row("their update with Adam by 32", "small", ("6-64-8-4, an update by 32, adam", "4-32-32-2, an update by 32, adam")),
    Row("product with bias and relu, 32 x 784 x 512, dense", "contraction", ("forward, bias, relu, 32 x 784 x 512",)),
    Row("weight gradient with Adam, 784 x 32 x 512, dense", "contraction", ("weight gradient, Adam, 32 x 784 x 512",)),
    Row("exp; tanh; erf of floats", "elementwise", ("exp, cache", "tanh, cache", "erf, cache"), shown=(("ulp", "ulp"),)),
    Row("batch; group; layer normalization in training, one thread", "elementwise",
        ("batch normalization", "group normalization", "layer normalization"), shown=(("microseconds", "µs"),)),
    Row("least squares, 1,000,000 x 20 doubles, one thread", "least_squares", ("1,000,000 x 20, 1 thread",)),
    Row("the same, 100,000 x 200", "least_squares", ("100,000 x 200, 1 thread",)),
    Row("an iteration of k-means, 1,000,000 x 16, 32 clusters, one thread", "kmeans", ("1 thread",)),
    *convolutions(),
    Row("ResNet-50, one image, one thread", "resnet50", ("1 thread",), shown=(("megabytes", "MB"),)),
    Row("the same, two threads", "resnet50", ("2 threads",)),
    Row("training ResNet-50 by batches of 16 with momentum, two threads: the most that the process holds", "memory",
        ("batch of 16",)),
    Row("an epoch of the MNIST convnet, batch 32, one thread", "mnist_cnn", ("batch 32, 1 thread",)),
    Row("the same, two threads", "mnist_cnn", ("batch 32, 2 threads",)),
    Row("a step of an AC-GAN for MNIST, batch 100, two threads", "mnist_gan", ("batch 100, 2 threads",)),
    Row("from the start of a process to the end of its first prediction", "startup", ("one prediction",)),
    Row("compiling a ResNet-50 that predicts at `-O3`", "compile", ("ResNet-50, predict",), shown=(("MB", "MB"),)),
    Row("compiling `examples/mnist_mlp.cpp`; a program that predicts; main of a training program in two files", "compile",
        ("examples/mnist_mlp.cpp", "a program that predicts", "main of a program in two files")),
    Row("a training step of two bidirectional LSTMs of 64 behind an embedding of 128, 200 steps, batch 32, one thread", "sequence",
        ("LSTMs, training step, batch 32, 1 thread",)),
    Row("their predictions, batch 1; 32", "sequence", ("LSTMs, forward, batch 1, 1 thread", "LSTMs, forward, batch 32, 1 thread")),
    Row("the encoder block of a transformer, 16 x 256 steps of 128, one thread: forward; training step", "sequence",
        ("encoder block, forward, 1 thread", "encoder block, training step, 1 thread")),
    Row("a token of a small GPT of width 128; 256; 512 as a stream", "sequence",
        tuple(f"GPT of width {width}, a token" for width in (128, 256, 512))),
    Row("a chunk of 32 ms through Silero's voice detector, imported, as a stream", "imported", ("voice, 1 thread",)),
    Row("PP-OCR's text detector at 640 x 640; its classifier of directions at 48 x 192, imported, one thread", "imported",
        ("text detector, 1 thread", "directions, 1 thread")),
    Row("the same, two threads", "imported", ("text detector, 2 threads", "directions, 2 threads")),
    Row("a step of an LSTM of 16; of 40, as a stream", "stream", ("LSTM 16, one step", "LSTM 40, one step")),
    Row("two seconds of sound through Neural Amp Modeler's A1; A2 in blocks of 64", "stream",
        ("A1, blocks of 64", "A2, blocks of 64")),
    Row("the same in blocks of 16", "stream", ("A1, blocks of 16", "A2, blocks of 16")),
    Row("a step of an agent that learns to hold a pole, its share of a lesson included", "cart_pole", ("61,440 steps",)),
    Row("the first prediction of a file of 100 MB of weights, in all the memory of the process", "load", ("100 MB",),
        shown=(("megabytes", "MB"),)),
]


def of_kernels(row, cases):
    """The means and the lowest of many cases' ratios."""
    means, lowest, peers = [], [], set()
    for beginning in row.cases:
        ratios = [found["shown"]["ratio"] for case in cases.values() if case["case"].startswith(beginning)
                  if "ratio" in (found := case["contenders"].get("strata", {"shown": {}}))["shown"]]
        peers |= {name for case in cases.values() for name in case["contenders"] if name != "strata"}
        if not ratios:
            return None
        means.append(f"{geometric_mean(ratios):.2f}")
        lowest.append(f"{min(ratios):.2f}")
    return [f"{', '.join(means)} times the speed of {', '.join(sorted(peers))}", f"lowest {', '.join(lowest)}"]


def cells(row, question):
    """Strata's figures of a row, and those beside them with the best first; None where a case is missing."""
    cases = {case["case"]: case for case in question["cases"]}
    if row.kernels:
        return of_kernels(row, cases)
    found = [cases[name] for name in row.cases if name in cases and row.contender in cases[name]["contenders"]]
    if len(found) < len(row.cases):
        return None

    def figures(name):
        texts = []
        for case in found:
            seen = case["contenders"].get(name)
            shown = [f"{seen['shown'][key]:.3g} {unit}" for key, unit in row.shown if key in seen["shown"]] if seen else []
            texts.append(whole(seen["median"], question["unit"]) + (f" ({', '.join(shown)})" if shown else "") if seen else "-")
        return ", ".join(texts)

    # The first case has the order.
    first = found[0]["contenders"]
    peers = [name for name in row.beside or first if name in first and name != row.contender and
             (row.beside or not name.startswith("strata"))]
    peers.sort(key=lambda name: first[name]["median"], reverse=not question["lower_is_better"])
    beside = [f"{name} {figures(name)}" for name in peers]
    if all("floor" in case for case in found):
        beside.append(f"floor {', '.join(whole(case['floor'], question['unit']) for case in found)}")
    return [figures(row.contender), "; ".join(beside)]


def table(questions):
    """README's table, and the rows that the run has no figures of."""
    lines, missing = [head, "|---|---|---|---|"], []
    for row in rows:
        found = cells(row, questions[row.question]) if row.question in questions else None
        if found is None:
            missing.append(row.words)
            continue
        lines.append(f"| {row.words} | {found[0]} | {found[1]} | `{row.question}` |")
    return "\n".join(lines), missing


def replace(table_text, described):
    """Puts the table in the place of README's, behind the sentence that says what was measured."""
    what = dict(described)
    lead = (f"From [the whole report](bench/report/report.md) of {what['date']}, revision {what['strata']}, {what['processor']}; g++, "
            "`-O3 -march=native`, medians:\n\n")
    readme = root / "README.md"
    pattern = rf"From \[the whole report\][^|]*{re.escape(head)}\n(\|.*\n)+"
    text, count = re.subn(pattern, lambda _: f"{lead}{table_text}\n", readme.read_text())
    if count != 1:
        raise RuntimeError(f"README.md has {count} tables '{head}' behind words that name the whole report, expected one")
    readme.write_text(text)
