# Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
"""What does an iteration of k-means cost?"""

from comparison import Question, all_threads, python, strata


def run():
    contenders = [strata("kmeans", options=["-llapack"]),
                  python("scikit-learn", "kmeans_scikit_learn", "sklearn", "python3-sklearn")]
    question = Question("kmeans", "K-means", "seconds", "s an iteration",
                        text="1,000,000 rows of 16 doubles, 32 clusters, Lloyd's algorithm from the first 32 rows.")
    for threads in all_threads:
        question.measure(f"{threads} thread{'s' * (threads > 1)}", contenders, [], threads,
                         floor=lambda machine: 2 * 1_000_000 * 32 * 16 / (machine["gflops_double"] * 1e9 * threads))
    return question
