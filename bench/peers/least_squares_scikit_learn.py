# Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
"""A linear regression in scikit-learn or NumPy: least_squares_scikit_learn.py scikit_learn|lstsq|normal_equations tall|wide"""

import statistics
import sys
import time

import numpy
from sklearn.linear_model import LinearRegression

method, shape = sys.argv[1:]
rows, features = (100_000, 200) if shape == "wide" else (1_000_000, 20)
random = numpy.random.default_rng(1)
x = random.uniform(-1, 1, size=(rows, features))
y = x @ (numpy.arange(features) % 7 - 3.0) + 3 + random.uniform(-1, 1, size=rows)
ways = {"scikit_learn": lambda: LinearRegression().fit(x, y), "lstsq": lambda: numpy.linalg.lstsq(x, y, rcond=None),
        "normal_equations": lambda: numpy.linalg.solve(x.T @ x, x.T @ y)}
times = []
for _ in range(3):
    begin = time.perf_counter()
    ways[method]()
    times.append(time.perf_counter() - begin)
print(f"seconds {statistics.median(times):.6f}")
