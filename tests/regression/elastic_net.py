# Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
"""What scikit-learn's Lasso and ElasticNet converge to, as JSON."""

import json
import sys
import warnings

from sklearn.linear_model import ElasticNet
from sklearn.preprocessing import StandardScaler

import data_sets

warnings.simplefilter("ignore")  # some do not reach this tolerance
data = {}
cases = []
for name, X, y in data_sets.regression():
    if y.ndim > 1 or name in ("wide", "rank_deficient"):  # the latter two have no single minimum for the lasso
        continue
    X = StandardScaler().fit_transform(X)
    data[name] = {"X": X.ravel().tolist(), "y": y.tolist(), "features": X.shape[1]}
    for strength in (0.3, 0.01):
        for l1_ratio in (1.0, 0.5, 0.1):
            for positive in (False, True):
                alpha = strength * float(y.std())
                model = ElasticNet(alpha=alpha, l1_ratio=l1_ratio, positive=positive, tol=1e-15, max_iter=20000)
                model.fit(X, y)
                cases.append({"name": name, "alpha": alpha, "l1_ratio": l1_ratio, "positive": positive,
                              "coef": model.coef_.tolist(), "b": model.intercept_, "score": model.score(X, y)})
json.dump({"data": data, "cases": cases}, sys.stdout)
