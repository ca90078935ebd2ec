# Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
"""What does a network cost that runs along a signal?"""

import os

from comparison import Contender, Question, cpp, flags, strata


def rtneural(backend, options):
    name = f"RTNeural, {backend}"
    sources = os.environ.get("RTNEURAL")
    if not sources:
        return Contender(name, missing="no Debian package; RTNEURAL does not name its sources")
    contender = cpp(name, "stream_rtneural", "", [*options, f"-I{sources}", f"-I{sources}/modules/xsimd/include"])
    contender.how = f"g++ {' '.join(flags)}, with {backend}"
    return contender


def run():
    ours = strata("stream")
    peers = [rtneural("xsimd", ["-DRTNEURAL_USE_XSIMD=1", "-DRTNEURAL_DEFAULT_ALIGNMENT=64"]),
             rtneural("Eigen", ["-DRTNEURAL_USE_EIGEN=1", "-DRTNEURAL_DEFAULT_ALIGNMENT=32", "-I/usr/include/eigen3"])]
    question = Question("stream", "Streams", "seconds", "s",
                        text="One step a call through a layer, or through a recurrent layer and a dense<1> behind it, and two "
                             "seconds of sound at 48 kHz through the WaveNets of Neural Amp Modeler, block by block.")
    for case, words in [("dense_1_8", "dense 1-8"), ("conv_8_4", "convolution 8-4, kernel 3"), ("lstm_16", "LSTM 16"),
                        ("lstm_40", "LSTM 40"), ("gru_8", "GRU 8"), ("gru_16", "GRU 16")]:
        question.measure(f"{words}, one step", [ours, *peers], [case], rounds=5, shown=["first"])
    for case, words in [("nam_a1", "A1"), ("nam_a2", "A2")]:
        for block in [64, 32, 16]:
            question.measure(f"{words}, blocks of {block}", [ours], [case, str(block)], rounds=5, shown=["first"])
    return question
