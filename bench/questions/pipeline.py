# Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
"""How many images a second from IDX files to batches?"""

from comparison import Question, data, python, strata


def run():
    directory, _ = data()
    contenders = [strata("pipeline"), python("PyTorch", "pipeline_pytorch", "torch", "python3-torch")]
    question = Question("pipeline", "From IDX files to batches", "images", "images/s", lower_is_better=False,
                        text="One thread. Reading all four files, packed or not, and gathering shuffled batches of 32 as floats "
                             "between 0 and 1; the floor is reading the bytes in order from memory, or "
                             "writing floats at the second cache's speed, whichever takes longer. "
                             "`reading_alone` reads the same bytes in the shuffled order, each image asked for eight images "
                             "before, and does no more; `converting_alone` converts images that are in the cache.")
    question.measure("read the files", contenders, [directory, "read"])
    question.measure("gather batches", contenders, [directory, "batches"],
                     floor=lambda machine: min(machine["memory_gbytes"] * 1e9 / 784, machine["l2_gbytes"] * 1e9 / (784 * 5)),
                     shown=["reading_alone", "converting_alone"])
    return question
