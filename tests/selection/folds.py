# Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
"""scikit-learn's folds, cross-validation scores and polynomial features, as JSON."""

import json
import sys

import numpy
from sklearn import datasets
from sklearn.linear_model import Ridge
from sklearn.model_selection import KFold, StratifiedKFold, cross_val_score
from sklearn.preprocessing import PolynomialFeatures

random = numpy.random.default_rng(2)
labels = {name: y for name, y in (
    ("even", numpy.repeat([0, 1, 2], 20)), ("uneven", random.choice([7, -1, 3], p=[0.2, 0.3, 0.5], size=101)),
    ("two", random.integers(2, size=53)))}
X, y = datasets.load_diabetes(return_X_y=True)
small = random.normal(size=(6, 3))
json.dump({
    "plain": [{"rows": rows, "folds": folds, "tests": [test.tolist() for _, test in KFold(folds).split(range(rows))]}
              for rows, folds in ((10, 5), (11, 3), (7, 7), (100, 6))],
    "stratified": [{"labels": values.tolist(), "folds": folds, "tests": [
        test.tolist() for _, test in StratifiedKFold(folds).split(values, values)]}
        for values in labels.values() for folds in (2, 3, 5)],
    "X": X.ravel().tolist(), "y": y.tolist(),
    "scores": cross_val_score(Ridge(alpha=0.1), X, y, cv=KFold(5)).tolist(),
    "small": small.ravel().tolist(),
    "polynomials": [PolynomialFeatures(degree, include_bias=False).fit_transform(small).ravel().tolist()
                    for degree in (1, 2, 3, 4)],
    "names": PolynomialFeatures(3, include_bias=False).fit(small).get_feature_names_out().tolist(),
}, sys.stdout)
