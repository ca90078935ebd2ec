# Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
"""How fast does training go on data that are not in memory?"""

import pathlib

from comparison import Contender, Question, build, run_once, strata

limit = 128 << 20  # bytes


def confinement():
    """A group of processes that have little memory for files and all else, or None where nobody may make one."""
    for root, name in ("memory", "memory.limit_in_bytes"), ("", "memory.max"):
        group = pathlib.Path("/sys/fs/cgroup") / root / "strata_mapped"
        try:
            group.mkdir(exist_ok=True)
            (group / name).write_text(str(limit))
            return group
        except OSError:
            continue
    return None


def run():
    program = strata("mapped")
    group = confinement()

    def in_mode(mode, name):
        return Contender(name, [*program.command, mode], program.how, has_helpers=True)

    def confined(contender):
        if group is None:
            return Contender(contender.name, missing="no group of processes can be made whose memory is limited")
        enter = f'echo $$ > {group / "cgroup.procs"} && exec "$0" "$@"'
        return Contender(contender.name, ["sh", "-c", enter, *contender.command], contender.how, has_helpers=True)

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
             "included. `in windows` takes the same numbers as 4,800,000 rows of 64, by batches of 4,096, shuffled in windows of 16 "
             "blocks of a megabyte, and `reading` reads such blocks in a shuffled order, each asked for while the one before is read. "
             "`in memory` trains on the same numbers when they have been read. In the second table processes have 128 MiB of memory "
             "in all, the system's cache of files included (a control group), a tenth of the file.")
    shown = ["reading", "of_reading", "memory"]
    mapped = [in_mode("ordered", "strata, in order"), in_mode("shuffled", "strata, shuffled"),
              in_mode("windows", "strata, in windows")]
    question.measure("1.2 GB", [*mapped, in_mode("memory", "strata, in memory")], [place], shown=shown)
    question.measure("1.2 GB, 128 MiB of memory", [confined(each) for each in mapped], [place], shown=shown)
    return question
