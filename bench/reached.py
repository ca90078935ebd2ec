# Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
"""How near the figures of a run have come to the goals."""

import dataclasses
from statistics import geometric_mean

from figures import whole
from goals import goals


@dataclasses.dataclass(frozen=True)
class Found:
    """What a case says about a goal."""
    case: str
    figure: float
    name: str  # whose figure stands beside it, if one does
    beside: float | None
    ratio: float
    bound: float | None  # the ratio that what no program can pass would make
    lacking: tuple = ()  # what should stand beside it, and has no figure


class Missing(Exception):
    """Why a case says nothing about a goal."""


def is_met(goal, ratio):
    return ratio <= goal.most if goal.most is not None else ratio >= goal.least


def value(case, contender, name):
    """A contender's metric, or a figure that it shows beside, or one of the case itself; None if there is none."""
    if name == "floor" and "floor" in case:
        return case["floor"]
    if name in case.get("bounds", {}):
        return case["bounds"][name]
    found = case["contenders"].get(contender)
    if found is None:
        return None
    return found["shown"].get(name) if name else found["median"]


def best_beside(goal, question, case):
    """The name and the figure of the best of what stands beside a goal's, and what is not there."""
    if goal.other_case:
        other = [each for each in question["cases"] if each["case"] == goal.other_case]
        figure = value(other[0], goal.contender, "") if other else None
        return ("1 thread" if "1 thread" in goal.other_case else goal.other_case), figure, ()
    names = goal.beside
    if names == ("peers",):
        names = [name for name in [*case["contenders"], *case["failed"]] if not name.startswith("strata")]
    found = {name: value(case, name, "floor" if name == "floor" else "") for name in names}
    lacking = tuple(name for name, figure in found.items() if figure is None)
    found = {name: figure for name, figure in found.items() if figure is not None}
    if not found:
        return ", ".join(goal.beside), None, lacking
    return *(min if question["lower_is_better"] else max)(found.items(), key=lambda each: each[1]), lacking


def look(goal, question, case):
    """What a case says about a goal."""
    figure = value(case, goal.contender, "" if goal.over else goal.shown)
    if figure is None:
        raise Missing(case["failed"].get(goal.contender, f"no {goal.shown or goal.contender}"))
    # A floor says nothing of itself.
    bound = value(case, goal.contender, goal.bound) if goal.bound and (goal.bound,) != goal.beside else None
    if bound is not None and bound <= 0:  # a difference that noise has eaten
        bound = None
    if not goal.beside and not goal.other_case:
        return Found(case["case"], figure, "", None, figure, bound)
    name, beside, lacking = best_beside(goal, question, case)
    if beside is None:
        raise Missing(f"nothing beside it of {name}")

    def ratio(mine):
        times = mine / beside if question["lower_is_better"] else beside / mine
        return times if goal.most is not None else 1 / times

    # A ratio that the case shows is of neighbouring runs, whose machine was the same.
    own = value(case, goal.contender, goal.shown) if goal.over else None
    return Found(case["case"], figure, name, beside, own or ratio(figure), None if bound is None else ratio(bound),
                 lacking)


def reach(goal, question):
    """What a question says about a goal: of many cases the worst, or the means of the ratios."""
    found, missing = [], []
    for case in question["cases"] if question else ():
        if case["case"].startswith(goal.case) if goal.over else case["case"] == goal.case:
            try:
                found.append(look(goal, question, case))
            except Missing as error:
                missing.append(str(error))
    if not found:
        raise Missing(missing[0] if missing else "not asked" if question is None else f"no case '{goal.case}'")
    if goal.over == "mean":
        # Winograd's products pass the floor of a direct convolution: what was reached is within reach.
        bounds = [max(each.bound, each.ratio) for each in found if each.bound is not None]
        return Found(f"{len(found)} cases", None, found[0].name, None, geometric_mean(each.ratio for each in found),
                     geometric_mean(bounds) if bounds else None)
    return min(found, key=lambda each: each.ratio)


def verdict(goal, found):
    """Met, or how near, and whether what no program can pass misses the goal as well."""
    if is_met(goal, found.ratio):
        return "**met**" + f" without {', '.join(found.lacking)}" * bool(found.lacking)
    short = found.ratio / goal.most - 1 if goal.most is not None else 1 - found.ratio / goal.least
    text = f"missed by {100 * short:.2g} %"
    if found.bound is not None and not is_met(goal, found.bound):
        return f"{text}, out of reach by the {goal.bound}: {found.bound:.3g}"
    return text


def row(goal, question):
    """A goal's cells: what, strata's figure, what stands beside it, the ratio, the goal, what no program can pass, the verdict."""
    wanted = f"at most {goal.most:,g}" if goal.most is not None else f"at least {goal.least:,.10g}"
    try:
        found = reach(goal, question)
    except Missing as error:
        return [goal.what, "", "", "", wanted, "", f"not measured: {error}"]
    def shown(number):
        if number is None:
            return ""
        return f"{number:.3g}" if goal.shown and not goal.over else whole(number, question["unit"])

    beside = f"{found.name} {shown(found.beside)}".strip()
    if goal.over:
        beside += f" ({found.case.partition(': ')[2] or found.case})"
    bound = "" if found.bound is None else f"{found.bound:.3f}" + f" ({goal.bound})" * (goal.bound != "floor")
    ratio = f"{found.ratio:.3f}" if found.name else ""
    return [goal.what, shown(found.figure), beside, ratio, wanted, bound, verdict(goal, found)]


def table(questions):
    """All goals as a table of Markdown, with a sentence before it."""
    rows = [row(goal, questions.get(goal.question)) for goal in goals]
    met = sum(each[-1] == "**met**" for each in rows)
    partly = sum(each[-1].startswith("**met** without") for each in rows)
    missing = sum(each[-1].startswith("not measured") for each in rows)
    forbidden = sum("out of reach" in each[-1] for each in rows)
    lines = [f"{met} of {len(rows)} goals are met, {partly} beside a part of the peers, "
             f"{len(rows) - met - partly - missing - forbidden} missed, {forbidden} missed where a floor forbids them, "
             f"{missing} not measured.", "",
             "| goal | strata | beside it | ratio | wanted | what the floor makes | |", "|---" * 7 + "|"]
    return "\n".join(lines + [f"| {' | '.join(each)} |" for each in rows])
