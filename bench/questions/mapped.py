# Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
"""How fast does training go on data that are not in memory?"""

from comparison import Contender, Question, build, run_once, strata


def run():
    program = strata("mapped")

    def in_mode(mode, name):
        return Contender(name, [*program.command, mode], program.how)

    place = build / "data" / "mapped"
    if not program.missing and not (place / "rows.npy").exists():
        place.mkdir(parents=True, exist_ok=True)
        run_once(in_mode("make", "make"), [place], 1)
    question = Question(
        "mapped", "Training on data that stay in a file", "megabytes", "MB/s", lower_is_better=False,
        text="One thread, 100,000 rows of 3,072 floats, one dense unit, batch 256, so that reading is what there is to wait for; "
             "the system has forgotten the file before. `reading` reads the file in turn with that and does nothing with it, from front "
             "to back by a megabyte at a time, or rows in a shuffled order, each asked for 512 rows before; `of_reading` is the "
             "speed of training by that of reading, and `memory` the most megabytes that the program had, its pages of the file "
             "included. `in memory` trains on the same numbers when they have been read.")
    shown = ["reading", "of_reading", "memory"]
    question.measure("1.2 GB", [in_mode("ordered", "strata, in order"), in_mode("shuffled", "strata, shuffled"),
                                in_mode("memory", "strata, in memory")], [place], shown=shown)
    return question
