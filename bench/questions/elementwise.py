# Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
"""How fast and how exact are the functions that activations and losses are made of?"""

from comparison import Question, cpp, few_rounds, python, strata

functions = ["exp", "log", "tanh", "sigmoid", "erf", "expm1", "log1p"]


def run():
    contenders = [strata("elementwise"), cpp("xsimd", "elementwise_xsimd", "libxsimd-dev"),
                  cpp("SLEEF", "elementwise_sleef", "libsleef-dev", ["-lsleef"])]
    question = Question("elementwise", "Functions, element by element", "gbytes", "GB/s", lower_is_better=False,
                        text="One thread, floats read and written: 8 bytes an element, 8,192 elements that stay in the "
                             "cache, or 16 million from memory. `ulp` is the largest error over every 997th float, in units "
                             "in the last place. SLEEF's functions are those of 1.0 ulp; its sigmoid is 1 / (1 + exp(-x)). "
                             "Softmax and cross-entropy, with their derivatives, are over 10 classes. Normalizations are in training, "
                             "forward and backward, with the derivatives by the source, gamma and beta: the bytes counted are "
                             "x, y and the derivatives by both once. Batch and group (8 groups) normalize 16 images of 28 x 28 "
                             "x 64, which PyTorch gets in the faster of its layouts, and layer 128 rows of 512; batch has the "
                             "floor of group.")
    for name in functions:
        question.measure(f"{name}, cache", contenders, [name, 8192], shown=["ulp"],
                         floor=lambda machine: machine["l2_gbytes"])
    for name in ("exp", "tanh"):
        question.measure(f"{name}, memory", contenders, [name, 16 << 20], shown=["ulp"],
                         floor=lambda machine: machine["memory_gbytes"])
    losses = [strata("losses"), python("PyTorch", "losses_pytorch", "torch", "python3-torch")]
    for name in ("softmax", "cross_entropy", "mean_squared_error"):
        question.measure(f"{name}, 1,024 rows of 10", losses, [name], floor=lambda machine: machine["l2_gbytes"])
    norms = [strata("normalization"), python("PyTorch", "normalization_pytorch", "torch", "python3-torch")]
    question.measure("batch normalization", norms, ["batch"], rounds=few_rounds, shown=["microseconds"])
    for name, numbers in (("group", 16 * 28 * 28 * 64), ("layer", 128 * 512)):
        question.measure(f"{name} normalization", norms, [name], rounds=few_rounds, shown=["microseconds"],
                         floor=lambda machine: machine["given_gbytes"], floor_arguments=[16 * numbers])
    return question
