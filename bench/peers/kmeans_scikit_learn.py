# Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
"""Times an iteration of scikit-learn's KMeans: 1,000,000 rows of 16 doubles, 32 clusters."""

import statistics
import time
import warnings

import numpy
from sklearn.cluster import KMeans

warnings.simplefilter("ignore")
x = numpy.random.default_rng(1).uniform(size=(1_000_000, 16))


def seconds(iterations):
    model = KMeans(32, init=x[:32], n_init=1, max_iter=iterations, tol=0, algorithm="lloyd")
    begin = time.perf_counter()
    model.fit(x)
    return time.perf_counter() - begin


rounds = []
for _ in range(3):
    few = seconds(2)
    rounds.append((seconds(12) - few) / 10)
print(f"seconds {statistics.median(rounds):.6f}")
