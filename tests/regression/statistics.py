# Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
"""What statsmodels says of ordinary and of weighted least-squares fits, as JSON."""

import json
import sys

import numpy
import statsmodels.api as statsmodels
from statsmodels.datasets import longley

import data_sets


def problems():
    for name, X, y in data_sets.regression():
        if y.ndim == 1 and name not in ("wide", "rank_deficient", "digits"):
            yield name, X, y
    data = longley.load()
    yield "Longley", numpy.asarray(data.exog), numpy.asarray(data.endog)


cases = []
random = numpy.random.default_rng(3)
for name, X, y in problems():
    for intercept in (True, False):
        for weighted in (False, True):
            weights = random.uniform(0.1, 3, size=len(y)) if weighted else numpy.ones(len(y))
            fit = statsmodels.WLS(y, statsmodels.add_constant(X) if intercept else X, weights=weights).fit()
            low, high = fit.conf_int(alpha=0.1).T
            cases.append({
                "name": name, "with_intercept": intercept, "X": X.ravel().tolist(), "y": y.tolist(),
                "weights": weights.tolist() if weighted else [],
                "features": X.shape[1], "estimates": fit.params.tolist(), "errors": fit.bse.tolist(),
                "t": fit.tvalues.tolist(), "p": fit.pvalues.tolist(), "low": low.tolist(), "high": high.tolist(),
                "figures": [fit.rsquared, fit.rsquared_adj, fit.fvalue, fit.f_pvalue, fit.llf, fit.aic, fit.bic,
                            fit.mse_resid ** 0.5, float(fit.df_resid)]})
json.dump(cases, sys.stdout)
