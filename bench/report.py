# Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
"""Writes what was measured as Markdown, with a chart a question drawn by gnuplot."""

import json
import shutil
import subprocess
import sys

import overview
import reached
from comparison import bench, build, results, revision, root
from figures import with_unit
from machine import describe

place = build / "report"
colors = {"strata": "#1f4e9c", "floor": "#b0b0b0"}
others = ["#d9822b", "#3c9a5f", "#a83a50", "#7d5ba6", "#4fa3c7", "#8a6d3b", "#c75fa1", "#5f6b6d", "#b5b800"]


def shown_text(shown):
    return "".join(f"<br>{name} {value:.4g}" if isinstance(value, float) else f"<br>{name} {value}"
                   for name, value in shown.items())


def speed(case, name, question):
    """How many times as fast as strata."""
    ours = case["contenders"]["strata"]["median"]
    theirs = case["floor"] if name == "floor" else case["contenders"][name]["median"]
    return ours / theirs if question["lower_is_better"] else theirs / ours


def table(question):
    names = [name for name in question["contenders"]
             if any(name in case["contenders"] or name in case["failed"] for case in question["cases"])]
    has_floor = any("floor" in case or "bounds" in case for case in question["cases"])
    lines = ["| " + " | ".join([question["unit"], *names, *(["floor"] if has_floor else [])]) + " |",
             "|---" * (1 + len(names) + has_floor) + "|"]
    for case in question["cases"]:
        cells = [case["case"]]
        for name in names:
            found = case["contenders"].get(name)
            if found is None:
                cells.append(f"failed: {case['failed'][name]}" if name in case["failed"] else "")
                continue
            text = f"**{with_unit(found['median'], question['unit'])}**"
            if found["runs"] == 1:
                text += " (one round)"
            else:
                text += (f" ({with_unit(found['low'], question['unit'])} to {with_unit(found['high'], question['unit'])}, "
                         f"{found['runs']} rounds)")
            if name != "strata" and "strata" in case["contenders"]:
                text += f"<br>{speed(case, name, question):.2f} of strata's speed"
            cells.append(text + shown_text(found["shown"]))
        if has_floor:
            texts = [with_unit(case["floor"], question["unit"])] if "floor" in case else []
            texts += [f"{name} {with_unit(bound, question['unit'])}" for name, bound in case.get("bounds", {}).items()]
            cells.append("<br>".join(texts))
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def chart(question):
    """Bars of times as speeds, strata's being 1; of what is measured where more is better, or strata runs alone. Many
    cases, named `group: case`, are drawn below each other by their groups. False where there is nothing to draw."""
    cases = [case for case in question["cases"] if "strata" in case["contenders"]]
    if not cases:
        return False
    names = [name for name in question["contenders"] if any(name in case["contenders"] for case in cases)]
    absolute = names == ["strata"] or not question["lower_is_better"]
    if any("floor" in case for case in cases):
        names.append("floor")
    groups = {}
    for case in cases:
        group, _, rest = case["case"].partition(": ") if len(cases) > 60 else ("", "", case["case"])
        groups.setdefault(group, []).append((rest, case))
    longest = max(len(group) for group in groups.values())
    commands = [
        f"set terminal svg size {max(760, 190 + 16 * longest * (len(names) + 2))},{460 * len(groups)} dynamic "
        "background rgb 'white' font 'sans,11'",
        f"set output '{place / question['name']}.svg'", "set style data histogram", "set style histogram clustered gap 1.5",
        "set style fill solid noborder", "set boxwidth 0.95", "set grid ytics", "set key outside right top",
        "set xtics rotate by -32 scale 0 noenhanced", "set key noenhanced", "set title noenhanced"]
    if len(groups) > 1:
        commands.append(f"set multiplot layout {len(groups)},1")
    for group, members in groups.items():
        commands += bars(question, f"{question['title']}{', ' if group else ''}{group}", members, names, absolute)
    subprocess.run(["gnuplot"], input="\n".join(commands), text=True, check=True, capture_output=True)
    return True


def bars(question, title, members, names, absolute):
    """gnuplot's commands for the bars of some cases, each with its label."""
    rows = []
    for label, case in members:
        cells = [f'"{label}"']
        for name in names:
            known = name in case["contenders"] or (name == "floor" and "floor" in case)
            if not known:
                cells.append("NaN")
            elif absolute:
                cells.append(f"{case['floor'] if name == 'floor' else case['contenders'][name]['median']:.5g}")
            else:
                cells.append(f"{speed(case, name, question):.5g}")
        rows.append(" ".join(cells))
    numbers = [float(cell) for row in rows for cell in row.rsplit('"', 1)[1].split() if cell != "NaN"]
    wide = max(numbers) > (50 * min(numbers) if absolute else 4)
    palette = iter(others * 3)
    plots = ", ".join(
        f"$data using {i + 2}{':xtic(1)' if i == 0 else ''} title '{name}' linecolor rgb '{colors.get(name) or next(palette)}'"
        for i, name in enumerate(names))
    return [f"set title \"{title}: {question['unit'] if absolute else 'speed, strata = 1'}\"",
            "set logscale y 2" if wide else "unset logscale y",
            f"set yrange [{min(numbers) / 1.5:.4g}:*]" if wide else "set yrange [0:*]",
            "$data << END", *rows, "END", f"plot {plots}"]


def draw_curves(picture):
    """Lines over numbers of which each is twice the one before, and their place in the report."""
    palette = iter(others * 3)
    lines, plots = [], []
    for i, (name, points) in enumerate(picture["lines"].items()):
        lines += [f"$line{i} << END", *(f"{x:.6g} {y:.6g}" for x, y in points), "END"]
        plots.append(f"$line{i} with {'lines' if name == 'ideal' else 'linespoints pointtype 7 pointsize 0.5'} "
                     f"linecolor rgb '{colors['floor'] if name == 'ideal' else next(palette)}' title '{name}'")
    commands = ["set terminal svg size 760,460 dynamic background rgb 'white' font 'sans,11'",
                f"set output '{place / picture['name']}.svg'", "set grid", "set key outside right top noenhanced",
                "set title noenhanced", f"set title \"{picture['title']}\"", f"set xlabel '{picture['x']}'", "set logscale xy 2",
                *lines, f"plot {', '.join(plots)}"]
    subprocess.run(["gnuplot"], input="\n".join(commands), text=True, check=True, capture_output=True)
    return f"![{picture['title']}]({picture['name']}.svg)"


def answers(names):
    """What the questions have answered on this machine so far, by their names."""
    paths = (results / f"{name}.json" for name in names)
    return {path.stem: json.loads(path.read_text()) for path in paths if path.exists()}


def failures(question):
    """Which contenders failed in which cases."""
    return [f"{name} ({question['name']}, {case['case']}): {why}" for case in question["cases"]
            for name, why in case["failed"].items()]


def section(question, now):
    """What a question has answered; the tree may have changed since."""
    asked = "" if question["revision"] == now else f" Asked of revision {question['revision']}."
    picture = ["", f"![{question['title']}]({question['name']}.svg)"] if chart(question) else []
    more = [line for each in question.get("curves", []) for line in ("", draw_curves(each))]
    more += [line for each in question.get("remarks", []) for line in ("", each)]
    return ["", f"## {question['title']}", "", question["text"] + asked, *picture, "", table(question), *more, "",
            "How they were built: " + "; ".join(
                f"{name}: `{found['how']}`" for name, found in question["contenders"].items() if found["how"]) +
            f". The question took {question['seconds']:.0f} s."]


def write(names):
    """The report of every question that was asked on this machine so far."""
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    questions = answers(names)
    missing = sorted({f"{name}: {found['missing']}" for each in questions.values() for name, found in each["contenders"].items()
                      if found["missing"]})
    failed = [each for question in questions.values() for each in failures(question)]
    text = ["# strata beside its peers", "", "`bench/run.sh` wrote this.", ""]
    text += [f"- {name}: {what}" for name, what in describe()]
    text += ["- missing: " + ("; ".join(missing) or "no peer"), "- failed: " + ("; ".join(failed) or "nothing"),
             "- not asked: " + (", ".join(name for name in names if name not in questions) or "nothing"),
             f"- duration: {sum(each['seconds'] for each in questions.values()) / 60:.0f} minutes"]
    text += ["", "## Goals", "",
             "A ratio is that of the times or of the memory where at most so much is wanted, of the speeds where at least so much "
             "is; without anything beside it the figure itself is meant. What the floor makes is the ratio, or the figure, that no "
             "program can pass; each question's section below says what its floor is.", "", reached.table(questions)]
    for question in questions.values():
        text += section(question, revision())
    (place / "report.md").write_text("\n".join(text) + "\n")
    return (place / "report.md").relative_to(root)


def publish(names):
    """Makes the report the tree's own, with README's table."""
    write(names)
    rows, missing = overview.table(answers(names))
    for words in missing:
        print(f"README: no figures for '{words}'", file=sys.stderr)
    overview.replace(rows, describe())
    shutil.rmtree(bench / "report", ignore_errors=True)
    shutil.copytree(place, bench / "report")
