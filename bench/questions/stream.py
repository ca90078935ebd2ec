# Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
"""What does a network cost that runs along a signal?"""

import itertools
import json
import os
import pathlib
from array import array

from comparison import Question, build, run_once, strata, unpackaged


def rtneural(backend, *options):
    return unpackaged(f"RTNeural, {backend}", "RTNEURAL", "stream_rtneural",
                lambda sources: [*options, f"-I{sources}", f"-I{sources}/modules/xsimd/include"], f"with {backend}")


def neuralaudio():
    return unpackaged("NeuralAudio", "NEURALAUDIO", "stream_neuralaudio",
                lambda sources: ["-DEIGEN_DONT_PARALLELIZE", f"-I{sources}", f"-I{sources}/deps/math_approx/include",
                                 f"-I{sources}/deps/RTNeural/modules/Eigen"], "with its types for given sizes")


def neuralampmodeler():
    fast = ["-Ofast", "-flto=auto", "-DNDEBUG", "-DNAM_ENABLE_A2_FAST", "-DNAM_SAMPLE_FLOAT"]
    return unpackaged("NeuralAmpModelerCore", "NEURALAMPMODELER", "stream_neuralamp",
                lambda sources: [*fast, "-DEIGEN_DONT_PARALLELIZE", f"-I{sources}", f"-I{sources}/Dependencies/nlohmann",
                                 f"-I{sources}/Dependencies/eigen", "-I/usr/include/eigen3",
                                 *(str(each) for each in sorted((sources / "NAM").rglob("*.cpp")))], " ".join(fast))


def largest_wavenet(model):
    """A .nam file's model, or of one with several the largest."""
    if model["architecture"] == "WaveNet":
        return model
    return max((largest_wavenet(each["model"]) for each in model["config"]["submodels"]), key=lambda each: len(each["weights"]))


def in_keras_order(model):
    """A WaveNet's weights as strata has them: kernels [taps, inputs, outputs], where a .nam file has [outputs, inputs, taps],
    the samples' before the layer's own, and what joins two stacks beside each other."""
    weights = iter(model["weights"])

    def kernel(outputs, inputs, taps=1):
        numbers = list(itertools.islice(weights, outputs * inputs * taps))
        return [numbers[(o * inputs + i) * taps + k] for k in range(taps) for i in range(inputs) for o in range(outputs)]

    stacks, heads = [], []
    for stack in model["config"]["layers"]:
        channels = stack["channels"]
        found = [kernel(channels, stack["input_size"])]
        for taps in stack.get("kernel_sizes") or [stack["kernel_size"]] * len(stack["dilations"]):
            conv, bias = kernel(channels, channels, taps), kernel(channels, 1)
            found += [kernel(channels, stack["condition_size"]), conv, bias, kernel(channels, channels), kernel(channels, 1)]
        head = stack.get("head", {})
        outputs = head.get("out_channels") or stack["head_size"]
        heads.append(kernel(outputs, channels, head.get("kernel_size", 1)))
        if head.get("bias", stack.get("head_bias")):
            heads[-1] += kernel(outputs, 1)
        stacks.append(found)
    for head, stack in zip(heads, stacks[1:]):
        stack.insert(1, head)
    result = list(itertools.chain(*itertools.chain(*stacks), heads[-1], weights))
    assert len(result) == len(model["weights"])
    return result


def write_wavenets(ours, directory):
    """The core's example models for every contender, and what strata makes of the signal."""
    examples = pathlib.Path(os.environ["NEURALAMPMODELER"]) / "example_models"
    directory.mkdir(parents=True, exist_ok=True)
    for name, example in (("nam_a1", "wavenet_a1_standard"), ("nam_a2", "A2")):
        model = largest_wavenet(json.loads((examples / f"{example}.nam").read_text()))
        (directory / f"{name}.nam").write_text(json.dumps(model))
        (directory / f"{name}.nam.f32").write_bytes(array("f", model["weights"]).tobytes())
        (directory / f"{name}.f32").write_bytes(array("f", in_keras_order(model)).tobytes())
        run_once(ours, [name, 64, directory, "export"], 1)


def run():
    ours = strata("stream")
    question = Question("stream", "Streams", "seconds", "s",
                        text="One step a call through a layer, or through a recurrent layer and a dense<1> behind it, and two "
                             "seconds of sound at 48 kHz through the WaveNets of Neural Amp Modeler, block by block. "
                             "`difference` is the largest from what strata makes of it in blocks of 64; NeuralAudio "
                             "approximates tanh, NeuralAmpModelerCore is timed so and compared without.")
    steps = [rtneural("xsimd", "-DRTNEURAL_USE_XSIMD=1", "-DRTNEURAL_DEFAULT_ALIGNMENT=64"),
             rtneural("Eigen", "-DRTNEURAL_USE_EIGEN=1", "-DRTNEURAL_DEFAULT_ALIGNMENT=32", "-I/usr/include/eigen3")]
    lstms = [*steps, neuralaudio()]
    for case, words, peers in [("dense_1_8", "dense 1-8", steps), ("conv_8_4", "convolution 8-4, kernel 3", steps),
                               ("lstm_16", "LSTM 16", lstms), ("lstm_40", "LSTM 40", lstms), ("gru_8", "GRU 8", steps),
                               ("gru_16", "GRU 16", steps)]:
        question.measure(f"{words}, one step", [ours, *peers], [case], shown=["first"])
    core = neuralampmodeler()
    question.contenders[core.name] = {"how": core.how, "missing": core.missing}
    if core.missing:
        return question
    directory = build / "data" / "nam"
    write_wavenets(ours, directory)
    for case, words in [("nam_a1", "A1"), ("nam_a2", "A2")]:
        for block in [64, 32, 16]:
            question.measure(f"{words}, blocks of {block}", [ours, core, lstms[-1]], [case, block, directory],
                             shown=["difference"])
    return question
