# Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
"""The data sets on which answers are compared with scikit-learn's: its bundled ones, and made ones with a known
difficulty each."""

import numpy
from sklearn import datasets


def regression():
    """Names, X and y (one column, or several) of problems with real targets."""
    random = numpy.random.default_rng(7)
    yield ("diabetes", *datasets.load_diabetes(return_X_y=True))
    yield ("linnerud", *datasets.load_linnerud(return_X_y=True))
    for name in ("iris", "wine", "breast_cancer"):
        data = getattr(datasets, "load_" + name)()
        yield (name, data.data, data.target.astype(float))
    digits = datasets.load_digits()  # three of its pixels are always dark
    yield ("digits", digits.data, digits.target.astype(float))
    yield ("tall", *datasets.make_regression(2000, 12, noise=5.0, random_state=1))
    yield ("few_informative", *datasets.make_regression(300, 40, n_informative=5, noise=1.0, random_state=2))
    yield ("several_targets", *datasets.make_regression(200, 8, n_targets=3, noise=2.0, random_state=3))
    yield ("wide", *datasets.make_regression(20, 35, noise=0.5, random_state=4))
    X, y = datasets.make_regression(150, 6, noise=1.0, random_state=5)
    yield ("rank_deficient", numpy.hstack([X, X[:, :2] @ [[1.0], [-2.0]]]), y)
    yield ("far_from_zero", random.normal(size=(400, 4)) + [1e4, -3e4, 5e3, 0], random.normal(size=400) + 1e5)
    yield ("friedman", *datasets.make_friedman1(500, noise=0.3, random_state=6))
    yield ("friedman_2", *datasets.make_friedman2(300, noise=1.0, random_state=8))
    yield ("friedman_3", *datasets.make_friedman3(300, noise=0.1, random_state=9))
    yield ("sparse", *datasets.make_sparse_uncorrelated(250, random_state=10))
    yield ("one_column", *datasets.make_regression(60, 1, noise=3.0, random_state=7))


def classification():
    """Names, X and labels 0, 1, ... of problems with classes."""
    for name in ("iris", "wine", "breast_cancer", "digits"):
        yield (name, *getattr(datasets, "load_" + name)(return_X_y=True))
    for classes in (2, 3, 5):
        yield (f"blobs_{classes}", *datasets.make_blobs(300, 4, centers=classes, cluster_std=4.0, random_state=classes))
    for number, informative in enumerate((2, 4, 8)):
        yield (f"made_{informative}", *datasets.make_classification(
            400, 10, n_informative=informative, n_redundant=1, flip_y=0.05, random_state=number))
    yield ("moons", *datasets.make_moons(200, noise=0.3, random_state=1))
    yield ("circles", *datasets.make_circles(200, noise=0.2, factor=0.5, random_state=1))
    yield ("three_made", *datasets.make_classification(
        300, 6, n_informative=4, n_classes=3, random_state=9))
