# Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
"""Ill-conditioned problems (NIST's Longley and Wampler 1 to 5, and polynomials) with their answers in exact
rational arithmetic, and how far scikit-learn is from them, as JSON."""

import json
import sys
from fractions import Fraction

import numpy
from sklearn.linear_model import LinearRegression
from statsmodels.datasets import longley


def exact(X, y):
    """Solves the normal equations of the numbers as they are, without rounding. The intercept comes first."""
    rows = [[Fraction(1)] + [Fraction(float(value)) for value in row] for row in X]
    targets = [Fraction(float(value)) for value in y]
    size = len(rows[0])
    system = [[sum(row[i] * row[j] for row in rows) for j in range(size)] +
              [sum(row[i] * target for row, target in zip(rows, targets))] for i in range(size)]
    for i in range(size):
        pivot = next(k for k in range(i, size) if system[k][i] != 0)
        system[i], system[pivot] = system[pivot], system[i]
        system[i] = [value / system[i][i] for value in system[i]]
        for k in range(size):
            if k != i:
                factor = system[k][i]
                system[k] = [a - factor * b for a, b in zip(system[k], system[i])]
    return [float(line[-1]) for line in system]


def problems():
    data = longley.load()
    yield "Longley", numpy.asarray(data.exog), numpy.asarray(data.endog)
    x = numpy.arange(21.0)
    powers = numpy.stack([x**k for k in range(1, 6)], axis=1)
    off = numpy.array([759, -2048, 2048, -2048, 2523, -2048, 2048, -2048, 1838, -2048, 2048,
                       -2048, 1838, -2048, 2048, -2048, 2523, -2048, 2048, -2048, 759.0])
    ones = 1 + powers.sum(axis=1)
    yield "Wampler 1", powers, ones
    yield "Wampler 2", powers, 1 + (powers * 0.1 ** numpy.arange(1, 6)).sum(axis=1)
    for number, scale in ((3, 1), (4, 100), (5, 10000)):
        yield f"Wampler {number}", powers, ones + scale * off
    x = numpy.linspace(0, 2, 40)
    for degree in range(2, 11):
        yield f"polynomial of degree {degree}", numpy.stack(
            [x**k for k in range(1, degree + 1)], axis=1), numpy.exp(-x) * numpy.sin(7 * x)


cases = []
for name, X, y in problems():
    model = LinearRegression().fit(X, y)
    cases.append({"name": name, "X": X.ravel().tolist(), "y": y.tolist(), "features": X.shape[1],
                  "exact": exact(X, y), "scikit_learn": [model.intercept_, *model.coef_]})
json.dump(cases, sys.stdout)
