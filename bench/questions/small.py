# Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
"""What do very small networks cost?"""

from comparison import Question, cpp, python, strata, unpackaged


def rtneural():
    return unpackaged("RTNeural", "RTNEURAL", "small_rtneural",
                lambda sources: ["-DRTNEURAL_USE_XSIMD=1", "-DRTNEURAL_DEFAULT_ALIGNMENT=64", f"-I{sources}",
                                 f"-I{sources}/modules", f"-I{sources}/modules/xsimd/include"], "with xsimd")


def neuralaudio():
    return unpackaged("NeuralAudio", "NEURALAUDIO", "small_neuralaudio",
                lambda sources: ["-DEIGEN_DONT_PARALLELIZE", f"-I{sources}", f"-I{sources}/deps/math_approx/include",
                                 f"-I{sources}/deps/RTNeural/modules/Eigen", "-I/usr/include/eigen3"],
                "with the dense layers of its WaveNets; it has no chain of them")


def rltools(program):
    return unpackaged("RLtools", "RLTOOLS", program, lambda sources: ["-ffast-math", f"-I{sources / 'include'}"],
                "-ffast-math, with its approximate tanh")


def measure_training(question):
    ours = strata("controller")
    fit = strata("controller", "strata, fit")
    fit.command.append("fit")
    peers = [cpp("Eigen", "controller_eigen", "libeigen3-dev", ["-I/usr/include/eigen3", "-ffast-math"]),
             python("PyTorch", "controller_pytorch", "torch", "python3-torch")]
    adam_alone = rltools("controller_rltools")
    for network in ("6_64_8_4", "4_32_32_2"):
        for rule in ("sgd", "adam"):
            contenders = [ours, fit, *peers, adam_alone] if rule == "adam" else [ours, fit, *peers]
            for batch in (1, 32):
                question.measure(f"{network.replace('_', '-')}, an update by {batch}, {rule}", contenders,
                                 [network, rule, batch], shown=["loss"])


def floor_of_parts(question, name):
    """Times the parts of the 1-8-8-1 network by themselves, and gives a floor, their sum: a processor takes for each what
    its operations wait for each other, divided by how many of them it can look ahead, and a network has those of both."""
    parts = []
    for word, part in (("layers", "its layers alone, with relu"), ("tangents", "two tanh alone")):
        parts.append(strata("small", f"strata, {part}"))
        parts[-1].command.append(word)
    question.measure(f"parts of {name}", parts, ["given"])
    return lambda machine: sum(found["median"] for found in question.cases[-1]["contenders"].values())


def run():
    ours = strata("small")
    approximate = strata("small", "strata, approximate_tanh")
    approximate.command.append("approximate")
    hand = cpp("by hand", "small_by_hand", "")
    pytorch = python("PyTorch", "small_pytorch", "torch", "python3-torch")
    eigen = cpp("Eigen", "small_eigen", "libeigen3-dev", ["-I/usr/include/eigen3", "-ffast-math"])
    question = Question("small", "Small networks", "seconds", "s",
                        text="40,000 updates of XOR (2-2-1, sigmoid, mean squared error, gradient descent) by one sample "
                             "each, and one prediction of 1-8-8-1, 6-64-8-4 and 4-32-32-2 with tanh (the "
                             "floor of the first is the sum of its parts: its layers with relu, and two exact tanh of eight "
                             "numbers); then updates of the latter two, each by a call (`train_on_batch`) or within `fit`, "
                             "whose loss is that of another step. All begin with the same weights. NeuralAudio and RLtools "
                             "approximate tanh, as `first` tells.")
    question.measure("XOR, 40,000 updates", [ours, hand, pytorch], ["xor"], shown=["loss"])
    peers = [eigen, rtneural(), neuralaudio(), pytorch]
    controllers = [*peers[:-1], rltools("small_rltools"), pytorch]
    predictors = [ours, approximate, hand, *peers]
    name = "1-8-8-1, one after the other"
    question.measure(name, predictors, ["given"], shown=["first"], floor=floor_of_parts(question, name))
    question.measure("1-8-8-1, output fed back", predictors, ["fed_back"], shown=["first"])
    for name in ("6_64_8_4", "4_32_32_2"):
        question.measure(name.replace("_", "-"), [ours, approximate, *controllers], [name], shown=["first"])
    single = strata("small", "strata, one by one")
    single.command.append("single")
    question.measure("1-8-8-1, one of 256 samples", [ours, single], ["samples"])
    question.measure("1-8-8-1, one of 64 networks", [ours, single], ["networks"])
    measure_training(question)
    return question
