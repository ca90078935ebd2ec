# Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
"""Numbers as a person reads them."""


def with_unit(value, unit):
    """Seconds as ms, us or ns, others with a few digits."""
    if unit.split()[0] == "s":
        for factor, name in ((1, "s"), (1e3, "ms"), (1e6, "µs"), (1e9, "ns")):
            if value * factor >= 1 or name == "ns":
                return f"{value * factor:.3g} {name}"
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"


def whole(value, unit):
    """The same with every unit behind its number, where the unit begins with one."""
    name = unit.split()[0]
    number = f"{value:.4g}" if name == "of" else with_unit(value, name)
    return number + ("" if name in ("s", "of") else f" {name.replace('us', 'µs')}")
