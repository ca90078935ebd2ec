# Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
"""What scikit-learn answers to least-squares problems, as JSON."""

import json
import sys

import numpy
from sklearn.linear_model import LinearRegression, Ridge

import data_sets


def minimum_norm(model, X, y, weights):
    """With NumPy's threshold. scikit-learn takes singular values below one rounding error for zero: whether it sees
    that columns depend on each other is luck."""
    weights = numpy.ones(len(X)) if weights is None else weights
    x_mean = numpy.average(X, axis=0, weights=weights) * model.fit_intercept
    y_mean = numpy.average(y, weights=weights) * model.fit_intercept
    roots = numpy.sqrt(weights)
    model.coef_, _, model.rank_, model.singular_ = numpy.linalg.lstsq(
        (X - x_mean) * roots[:, None], (y - y_mean) * roots, rcond=None)
    model.intercept_ = y_mean - x_mean @ model.coef_


def answer(name, model, X, y, weights):
    model.fit(X, y, sample_weight=weights)
    if name == "rank_deficient" and isinstance(model, LinearRegression):
        minimum_norm(model, X, y, weights)
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
                    **answer(name, model, X, y, weights if weighted else None)})
json.dump({"data": data, "cases": cases}, sys.stdout)
