# Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
"""The ways of a peer to do the same, of which the fastest counts."""

import os


def fastest(ways, seconds, name=str):
    """The way that takes the least seconds(way), of which the name is printed; in the later rounds of a case that of the first."""
    known = [way for way in ways if name(way) == os.environ.get("BENCH_WAY")]
    return known[0] if known else min(ways, key=seconds)
