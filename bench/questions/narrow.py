# Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
"""How many digits does the MNIST network tell apart with weights of bfloat16 or of 8 bits?"""

from comparison import Question, all_threads, data, run_once, strata


def run():
    _, raw = data()
    question = Question(
        "narrow", "Accuracy with narrow weights", "accuracy", "of 10,000 test images", lower_is_better=False,
        text="784-512-10, trained by batches of 128 as float, then predicted as float and by the networks made from it. "
             "Weights of 8 bits were calibrated with 1,000 training images.")
    program = strata("narrow_accuracy")
    for epochs in (1, 5):
        seen = run_once(program, [raw, 128, 60000, epochs], all_threads[-1])
        question.add(f"{epochs} epoch{'s' * (epochs > 1)}",
                     {f"strata, {kind}": ([seen[kind]], {}) for kind in ("float", "bfloat16", "int8")})
    for kind in ("float", "bfloat16", "int8"):
        question.contenders[f"strata, {kind}"] = {"how": program.how, "missing": ""}
    return question
