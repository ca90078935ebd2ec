# Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
"""What does an exact linear regression cost?"""

from comparison import Contender, Question, all_threads, cpp, python, strata


def run():
    scikit = python("scikit-learn", "least_squares_scikit_learn", "sklearn", "python3-sklearn")

    def way(name, method):
        return Contender(name, scikit.command and [*scikit.command, method], scikit.how, scikit.missing, scikit.module)

    question = Question("least_squares", "Linear regression", "seconds", "s",
                        text="Doubles, with an intercept; NumPy's two without. The floor is the larger of reading the rows "
                             "from memory and half a symmetric product at the peak in multiply-adds.")
    for shape, rows, features in (("tall", 1_000_000, 20), ("wide", 100_000, 200)):
        for threads in all_threads:
            ours = strata("least_squares", options=["-llapack"])
            peers = [cpp("Eigen, LDLT", "least_squares_eigen", "libeigen3-dev", ["-I/usr/include/eigen3"]),
                     way("NumPy, normal equations", "normal_equations"), way("NumPy, lstsq", "lstsq"),
                     way("scikit-learn", "scikit_learn")]
            question.measure(
                f"{rows:,} x {features}, {threads} thread{'s' * (threads > 1)}", [ours, *peers], [shape], threads,
                floor=lambda machine: max(rows * features * 8 / (machine["memory_gbytes"] * 1e9),
                                          rows * (features + 2) * (features + 3) / (machine["gflops_double"] * 1e9)) / threads)
    return question
