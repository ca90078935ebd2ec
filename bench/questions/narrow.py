# Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
"""What do weights of bfloat16 or of 8 bits cost the MNIST network in digits, and save in memory and time?"""

from comparison import Question, data, run_once, strata


def run():
    _, raw = data()
    question = Question(
        "narrow", "Accuracy with narrow weights", "accuracy", "of 10,000 test images", lower_is_better=False,
        text="784-512-10, trained by batches of 128 as float, then predicted as float and by the networks made from it. "
             "Weights of 8 bits were calibrated with 1,000 training images. `kilobytes` are those of all parameters; `alone_us` "
             "and `together_us` the microseconds an image without dark pixels takes by one thread, one at a time and 256 at "
             "once. Beside their floors these are in the question `predict`.")
    program = strata("narrow_accuracy")
    # Charts compare with "strata".
    names = {"float": "strata", "bfloat16": "strata, bfloat16", "int8": "strata, int8"}
    beside = ("kilobytes", "alone_us", "together_us")
    for epochs in (1, 5):
        seen = run_once(program, [raw, 128, 60000, epochs], 1)
        question.add(f"{epochs} epoch{'s' * (epochs > 1)}",
                     {names[kind]: ([seen[kind]], {key: seen[f"{kind}_{key}"] for key in beside})
                      for kind in names})
    for name in names.values():
        question.contenders[name] = {"how": program.how, "missing": ""}
    return question
