# Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
"""What scikit-learn's KMeans makes of given first centers, as JSON."""

import json
import os
import sys

import numpy
from sklearn.cluster import KMeans

sys.path.insert(0, os.path.join(os.path.dirname(__file__), os.pardir, "regression"))
import data_sets  # noqa: E402

cases = []
random = numpy.random.default_rng(11)
for name, X, y in data_sets.classification():
    clusters = int(y.max()) + 1
    for _ in range(3):
        # A little off the rows: equal distances are decided by rounding, which nobody promises.
        first = X[random.choice(len(X), size=clusters, replace=False)] + random.normal(
            scale=1e-3, size=(clusters, X.shape[1])) * X.std(axis=0)
        model = KMeans(clusters, init=first, n_init=1, algorithm="lloyd").fit(X)
        cases.append({"name": name, "X": X.ravel().tolist(), "features": X.shape[1], "clusters": clusters,
                      "first": first.ravel().tolist(), "centers": model.cluster_centers_.ravel().tolist(),
                      "labels": model.labels_.tolist(), "inertia": model.inertia_, "iterations": model.n_iter_})
json.dump(cases, sys.stdout)
