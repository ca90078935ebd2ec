# Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
"""What scikit-learn's LogisticRegression converges to, as JSON."""

import json
import sys
import warnings

import numpy
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

import data_sets

warnings.simplefilter("ignore")  # rounding may stop it before its tolerance does
data = {}
cases = []
random = numpy.random.default_rng(5)
for name, X, y in data_sets.classification():
    if name == "digits":
        X, y = X[:600], y[:600]  # ten classes are long sums
    X = StandardScaler().fit_transform(X)  # scikit-learn does not converge on all of them as they are
    weights = random.uniform(0.5, 1.5, size=len(X))
    classes = int(y.max()) + 1
    data[name] = {"X": X.ravel().tolist(), "y": y.tolist(), "weights": weights.tolist(),
                  "features": X.shape[1], "classes": classes}
    options = [(C, weighted) for C in (0.05, 1.0, 20.0) for weighted in (False, True)]
    for C, weighted in [(0.05, False), (1.0, True)] if name == "digits" else options:
        model = LogisticRegression(C=C, multi_class="multinomial" if classes > 2 else "auto",
                                   solver="newton-cg", tol=1e-8, max_iter=200)
        model.fit(X, y, sample_weight=weights if weighted else None)
        cases.append({"name": name, "C": C, "weighted": weighted, "coef": model.coef_.ravel().tolist(),
                      "intercept": model.intercept_.tolist(), "score": model.score(X, y)})
json.dump({"data": data, "cases": cases}, sys.stdout)
