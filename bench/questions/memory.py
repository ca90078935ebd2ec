# Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
"""How much memory does training hold at most?"""

from comparison import Question, cores, python, strata


def run():
    found = [strata("resnet50_training"), python("PyTorch", "resnet50_training_pytorch", "torch", "python3-torch", is_started=False)]
    question = Question(
        "memory", "Memory of training", "megabytes", "MB",
        text="ResNet-50, 224 x 224 x 3, SGD with momentum: the most that the process holds during a step. `weights` are the "
             "parameters and momenta, `workspace` what strata has for a step; the peer's process has an interpreter and a "
             "library in it; it is the same in every run, and so there is one. `seconds` is what a step takes.")
    question.measure("batch of 16", found, [16], cores, rounds=1, shown=["weights", "workspace", "seconds"])
    return question
