# Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
"""What does it cost an optimizer to need the gradients of all weights at once?"""

from comparison import Contender, Question, data, strata


def run():
    _, raw = data()
    program = strata("stored_gradients")

    def way(optimizer, batch, name=None):
        return Contender(name or optimizer, [*program.command, optimizer, str(batch)], program.how)

    question = Question("stored_gradients", "Gradients in memory", "seconds", "s an epoch",
                        text="The MNIST network, strata with Adam alone and what other optimizers cost beside it. Clipping by "
                             "value and averages of weights work on the registers that a weight gradient leaves behind; "
                             "clipping by norms and LAMB write gradients to memory first; four batches of 32 make one update, "
                             "beside batches of 128. The seconds are three times those of 20,000 images, after which the accuracy is taken.")
    question.measure("batch 32, 1 thread",
                     [way("adam", 32, "strata"), *(way(optimizer, 32) for optimizer in (
                         "clip_value", "average_weights", "clip_norm", "clip_global_norm", "lamb"))],
                     [raw, 20_000, 1], 1, scale=3, shown=["updates", "accuracy"])
    question.measure("batch 128, 1 thread", [way("adam", 128, "strata"), way("accumulate", 32)], [raw, 20_000, 1], 1, scale=3,
                     shown=["updates", "accuracy"])
    return question
