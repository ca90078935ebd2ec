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


def add(name, X, first):
    clusters, features = first.shape
    model = KMeans(clusters, init=first, n_init=1, algorithm="lloyd").fit(X)
    cases.append({"name": name, "X": X.ravel().tolist(), "features": features, "clusters": clusters,
                  "first": first.ravel().tolist(), "centers": model.cluster_centers_.ravel().tolist(),
                  "labels": model.labels_.tolist(), "inertia": model.inertia_, "iterations": model.n_iter_})


for name, X, y in data_sets.classification():
    clusters = int(y.max()) + 1
    for _ in range(3):
        # A little off the rows: equal distances are decided by rounding, which nobody promises.
        first = X[random.choice(len(X), size=clusters, replace=False)] + random.normal(
            scale=1e-3, size=(clusters, X.shape[1])) * X.std(axis=0)
        add(name, X, first)

X = random.normal(size=(400, 4)) + random.integers(3, size=(400, 1)) * [4.0, 0.0, 4.0, 0.0]
first = X[:3] + 1e-3
add("far_from_zero", X + 1e5, first + 1e5)
for empty in (1, 2):  # centers so far off that no row is theirs
    far = first.copy()
    far[3 - empty:] += numpy.arange(1, empty + 1)[:, None] * 100.0
    add(f"empty_{empty}", X, far)
json.dump(cases, sys.stdout)
