# Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
"""What scikit-learn answers to least-squares problems, as JSON."""

import json
import sys

import numpy
from sklearn.linear_model import LinearRegression, Ridge

import data_sets


def answer(model, X, y, weights):
    model.fit(X, y, sample_weight=weights)
    return {
        "coef": numpy.atleast_2d(model.coef_).ravel().tolist(),
        "intercept": numpy.atleast_1d(model.intercept_).tolist(),
        "score": model.score(X, y),
        "rank": int(getattr(model, "rank_", 0)),
        "singular_values": numpy.asarray(getattr(model, "singular_", [])).tolist(),
    }


data = {}
cases = []
random = numpy.random.default_rng(3)
for name, X, y in data_sets.regression():
    weights = random.uniform(0.1, 2.0, size=len(X))
    data[name] = {
        "X": X.ravel().tolist(), "y": y.ravel().tolist(), "weights": weights.tolist(),
        "features": X.shape[1], "targets": 1 if y.ndim == 1 else y.shape[1]}
    for intercept in (True, False):
        for weighted in (False, True):
            for l2 in (0.0, 0.5, 20.0):
                model = Ridge(alpha=l2, fit_intercept=intercept, solver="svd") if l2 else LinearRegression(
                    fit_intercept=intercept)
                cases.append({
                    "name": name, "with_intercept": intercept, "weighted": weighted, "l2": l2,
                    **answer(model, X, y, weights if weighted else None)})
json.dump({"data": data, "cases": cases}, sys.stdout)
