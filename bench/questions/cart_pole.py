# Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
"""How long does an agent that learns to hold a pole take for a step?"""

import os
import pathlib

from comparison import Contender, Question, cpp, python, strata


def rltools():
    """No Debian package. A processor's registers are all it needs: BLAS does not help matrices of this size."""
    sources = os.environ.get("RLTOOLS")
    if not sources:
        return Contender("RLtools", missing="no Debian package; RLTOOLS does not name its sources")
    return cpp("RLtools", "cart_pole_rltools", "none", ["-ffast-math", f"-I{pathlib.Path(sources) / 'include'}"])


def run():
    contenders = [strata("cart_pole"), rltools(), python("PyTorch", "cart_pole_pytorch", "torch", "python3-torch")]
    question = Question(
        "cart_pole", "Learning to hold a pole", "microseconds", "us a step",
        text="Gymnasium's CartPole-v1 by proximal policy optimization: 8 environments, an actor and a critic with 32 hidden "
             "neurons each, a lesson of 10 passes over 512 steps with Adam in batches of 64. A step's time is that of the "
             "environment, the choice and its share of a lesson; `held` is how many of 500 steps the pole stands afterwards.")
    for lessons in (40, 120):
        # PyTorch takes as long a step in both.
        question.measure(f"{512 * lessons:,} steps", contenders if lessons > 40 else contenders[:2], [lessons, 1],
                         shown=["steps", "held", "way"])
    return question
