# Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
"""Times scikit-learn's and NumPy's least squares: least_squares.py tall|wide, for bench/least_squares.sh."""

import statistics
import sys
import time

try:
    import numpy
    from sklearn.linear_model import LinearRegression
except ImportError as missing:
    sys.exit(f"missing: {missing} (python3-sklearn)")

rows, features = (100_000, 200) if sys.argv[1:] == ["wide"] else (1_000_000, 20)
random = numpy.random.default_rng(1)
x = random.uniform(-1, 1, size=(rows, features))
y = x @ (numpy.arange(features) % 7 - 3.0) + 3 + random.uniform(size=rows)


def milliseconds(call, rounds):
    times = []
    for _ in range(rounds):
        begin = time.perf_counter()
        call()
        times.append(time.perf_counter() - begin)
    return statistics.median(times) * 1e3


print(f"scikit-learn {milliseconds(lambda: LinearRegression().fit(x, y), 3):.1f} ms; "
      f"numpy.linalg.lstsq {milliseconds(lambda: numpy.linalg.lstsq(x, y, rcond=None), 3):.1f} ms; "
      f"NumPy's normal equations without intercept "
      f"{milliseconds(lambda: numpy.linalg.solve(x.T @ x, x.T @ y), 5):.1f} ms")
