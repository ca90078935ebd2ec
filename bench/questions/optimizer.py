# Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
"""How fast is an optimizer's step where gradients are in memory?"""

from comparison import Question, cpp, python, strata


def run():
    ours = strata("optimizer")
    pytorch = python("PyTorch", "optimizer_pytorch", "torch", "python3-torch")
    hand = cpp("by hand", "optimizer_by_hand", "", ["-ffast-math"])
    question = Question("optimizer", "An optimizer's step", "gbytes", "GB/s", lower_is_better=False,
                        text="One thread. The bytes counted are each weight, gradient and state once, and each weight and "
                             "state written once. In training strata applies the step to gradients in registers, which "
                             "this does not show.")
    for name in ("sgd", "sgd_momentum", "adam", "adamw", "rmsprop"):
        question.measure(f"{name}, 407,050 weights", [ours, *([hand] if name == "adam" else []), pytorch],
                         [name, 407_050], shown=["microseconds"])
    question.measure("adam, 16,000,000 weights", [ours, hand, pytorch], ["adam", 16_000_000], shown=["microseconds"])
    return question
