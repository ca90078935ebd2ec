# Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
"""What do very small networks cost?"""

import os

from comparison import Contender, Question, cpp, flags, python, strata


def run():
    ours = strata("small")
    hand = cpp("by hand", "small_by_hand", "")
    pytorch = python("PyTorch", "small_pytorch", "torch", "python3-torch", slow=True)
    sources = os.environ.get("RTNEURAL")
    rtneural = Contender("RTNeural", missing="no Debian package; RTNEURAL does not name its sources")
    if sources:
        rtneural = cpp("RTNeural", "small_rtneural", "", ["-DRTNEURAL_USE_XSIMD=1", "-DRTNEURAL_DEFAULT_ALIGNMENT=64",
                                                          f"-I{sources}", f"-I{sources}/modules"])
        rtneural.how = f"g++ {' '.join(flags)}, with xsimd"
    question = Question("small", "Small networks", "seconds", "s",
                        text="40,000 updates of XOR (2-2-1, sigmoid, mean squared error, gradient descent) by one sample "
                             "each, and one prediction of 1-8-8-1 with tanh. All begin with the same weights.")
    question.measure("XOR, 40,000 updates", [ours, hand, pytorch], ["xor"], rounds=5, shown=["loss"])
    predictors = [ours, hand, cpp("Eigen", "small_eigen", "libeigen3-dev", ["-I/usr/include/eigen3", "-ffast-math"]),
                  rtneural, pytorch]
    question.measure("1-8-8-1, one after the other", predictors, ["given"], rounds=5, shown=["first"])
    question.measure("1-8-8-1, output fed back", predictors, ["fed_back"], rounds=5, shown=["first"])
    return question
