# Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
"""Writes pipeline.json beside this script: what scikit-learn's pipelines give, scored by cross-validation as a whole, and
what they give where the first step has seen the rows that are scored."""

import json
import pathlib
import warnings

import numpy
from sklearn.linear_model import ElasticNet, LinearRegression, LogisticRegression, Ridge
from sklearn.model_selection import KFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, PolynomialFeatures, StandardScaler

warnings.simplefilter("ignore")
random = numpy.random.default_rng(12)
rows = 40
X = numpy.round(random.normal(size=(rows, 3)) * [1.0, 30.0, 0.02] + [5.0, -100.0, 0.0], 6)
X[::9] *= [6.0, 5.0, 8.0]  # rows far from the others: scales depend on which of them are seen
y = numpy.round(X[:, 0] + X[:, 1] / 20 + 40 * X[:, 2] + 0.1 * X[:, 0] ** 2 + random.normal(size=rows), 6)
labels = (y > numpy.median(y)).astype(int)
weights = numpy.round(random.uniform(0.2, 3, size=rows), 6)
weights[[3, 17, 27]] = 0
others = numpy.round(random.normal(size=(5, 3)) * [1.0, 30.0, 0.02] + [5.0, -100.0, 0.0], 6)


def features():
    return PolynomialFeatures(2, include_bias=False)


cases = []
for name, make, target in (
        ("linear", lambda: [StandardScaler(), features(), LinearRegression()], y),
        ("ridge", lambda: [StandardScaler(), features(), Ridge(alpha=2.0)], y),
        ("min_max", lambda: [MinMaxScaler(), Ridge(alpha=0.5)], y),
        ("elastic_net", lambda: [StandardScaler(), ElasticNet(alpha=0.3, l1_ratio=0.5, tol=1e-14, max_iter=100000)], y),
        ("logistic", lambda: [StandardScaler(), LogisticRegression(C=0.1, solver="newton-cg", tol=1e-12, max_iter=1000)],
         labels)):
    whole = make_pipeline(*make()).fit(X, target)
    steps = make()
    seen = steps[0].fit_transform(X)  # which is wrong
    cases.append({
        "name": name, "score": whole.score(X, target), "predictions": whole.predict(others).tolist(),
        "folds": cross_val_score(make_pipeline(*make()), X, target, cv=KFold(4)).tolist(),
        "leaking": cross_val_score(make_pipeline(*steps[1:]), seen, target, cv=KFold(4)).tolist()})
pipe = make_pipeline(StandardScaler(), features(), Ridge(alpha=2.0))
counts = weights > 0  # a row of weight zero is as if absent
pipe.fit(X[counts], y[counts], standardscaler__sample_weight=weights[counts], ridge__sample_weight=weights[counts])
result = {
    "X": X.ravel().tolist(), "y": y.tolist(), "labels": labels.tolist(), "weights": weights.tolist(),
    "others": others.ravel().tolist(), "cases": cases,
    "weighted": {"mean": pipe[0].mean_.tolist(), "scale": pipe[0].scale_.tolist(),
                 "predictions": pipe.predict(others).tolist()}}
lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(value)}" for name, value in result.items())
pathlib.Path(__file__).with_suffix(".json").write_text("{\n" + lines + "\n}\n", encoding="utf-8")
