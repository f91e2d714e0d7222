"""mgrad side by side with others: `python tests/benchmarks/run.py [WORD ...] [--out FILE] [--manual]`.

With words, only the rows whose names hold one. Each row runs mgrad and its peer in alternation; its
ratio is the median of those of the pairs. A row is printed as soon as it is measured, and written
to FILE as JSON; with `--manual` it takes its place in the manual's chapter. A peer that is not
installed is named as missing, and one that fails is told with what it says: the rest goes on.
`pip install -e '.[bench]'` installs the peers that are packages of Python. Run it on an idle machine.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from math import isclose
from pathlib import Path

import command_rows
import map_rows
import numeric_rows
from row import HERE

TOP = HERE.parent.parent
CHAPTER = TOP / "micrograd_cli" / "manual" / "speed.md"
HEADING = ["| ours : peer | ours | peer | ratio | spread | reach |", "|---|---|---|---|---|---|"]
MARKS = "<!-- benchmark -->\n", "<!-- end of benchmark -->"
PATIENCE = 120  # seconds for a command
AGREE = 1e-6  # relative: numbers that both have computed


def measure(command, inner, environment):
    """What a command takes, and the number that it may have computed."""
    start = time.perf_counter()
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=PATIENCE
    )
    seconds = time.perf_counter() - start
    if done.returncode:
        said = done.stderr.strip() or f"exit status {done.returncode}"
        raise RuntimeError(said.splitlines()[-1])
    if not inner:
        return seconds, None
    figure, *computed = map(float, done.stdout.split())
    return figure, (computed or [None])[0]


def is_missing(needs):
    """Whether the peer is not installed: a module, or a program with `!` before it."""
    if not needs:
        return False
    return shutil.which(needs[1:]) is None if needs[0] == "!" else find_spec(needs) is None


def compare(row, environment):
    """The figures of a row; `missing` says why there are none."""
    if is_missing(row.needs):
        return {"missing": f"{row.needs.removeprefix('!')} is missing"}
    try:
        return figures_of(row, environment)
    except subprocess.TimeoutExpired:
        return {"missing": f"takes more than {PATIENCE} s"}
    except (RuntimeError, OSError, ValueError) as error:  # the other rows are measured all the same
        return {"missing": f"failed: {error}"}


def figures_of(row, environment):
    ours, peer = [], []
    for _ in range(row.pairs + (row.pairs > 1)):  # the first pair warms up
        for command, found in ((row.ours, ours), (row.peer, peer)):
            figure, computed = measure(command, row.inner, environment)
            found.append((figure, computed))
        one, other = ours[-1][1], peer[-1][1]
        if None not in (one, other) and not isclose(one, other, rel_tol=AGREE):
            raise ValueError(f"ours gives {one!r}, the peer {other!r}")
    if row.pairs > 1:
        del ours[0], peer[0]
    ours, peer = ([figure for figure, _ in found] for found in (ours, peer))
    ratios = [a / b for a, b in zip(ours, peer, strict=True)]
    ratio = statistics.median(ratios)
    return {
        "ours": statistics.median(ours),
        "peer": statistics.median(peer),
        "unit": row.unit,
        "ratio": ratio,
        "least": min(ratios),
        "greatest": max(ratios),
        "pairs": len(ratios),
        "reach": row.reach,
        "reached": ratio <= row.reach,
    }


def line_of(name, found):
    """A row of the chapter's table."""
    name = name.replace("|", "\\|")
    if "missing" in found:
        return f"| {name} | {found['missing']} | | | | |"
    ours, peer = (amount(found[key], found["unit"]) for key in ("ours", "peer"))
    spread = f"{found['least']:.2g} to {found['greatest']:.2g}" if found["pairs"] > 1 else ""
    reach = f"{found['reach']:.2g}" + ("" if found["reached"] else ", missed")
    return f"| {name} | {ours} | {peer} | {found['ratio']:.2g} | {spread} | {reach} |"


def amount(x, unit):
    """`0.0123 s` as `12 ms`, and so on."""
    if unit == "s":
        scale, unit = next(
            ((1e3**k, u) for k, u in enumerate(("s", "ms", "µs")) if x * 1e3**k >= 1), (1e9, "ns")
        )
        x *= scale
    return f"{x:.0f} {unit}" if x >= 100 else f"{x:.2g} {unit}"


def into_chapter(names, figures):
    """Set the rows that are measured into the chapter's table; the others stay as they are."""
    text = CHAPTER.read_text(encoding="utf-8")
    start, end = MARKS
    before, rest = text.split(start)
    table, after = rest.split(end)
    lines = {line.split(" | ")[0].removeprefix("| "): line for line in table.splitlines()[2:]}
    lines |= {name: line_of(name, found) for name, found in figures.items()}
    kept = [lines[name] for name in names if name in lines]
    CHAPTER.write_text(
        before + start + "\n".join([*HEADING, *kept]) + "\n" + end + after, encoding="utf-8"
    )


def main(arguments):
    out = arguments[arguments.index("--out") + 1] if "--out" in arguments else None
    words = [word for word in arguments if not word.startswith("--") and word != out]
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPATH"] = str(TOP)
    subprocess.run([sys.executable, "-m", "compileall", "-q", str(TOP / "micrograd_cli")])
    figures, begun = {}, time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        themes = [(theme, theme.rows(folder)) for theme in (command_rows, numeric_rows, map_rows)]
        names = [row.name for _, every in themes for row in every]
        print("\n".join(HEADING), flush=True)
        for theme, every in themes:
            chosen = [row for row in every if not words or any(word in row.name for word in words)]
            if chosen:
                theme.prepare(folder)
            for row in chosen:
                figures[row.name] = compare(row, environment)
                print(line_of(row.name, figures[row.name]), flush=True)
                if out:
                    Path(out).write_text(json.dumps(figures, indent=2) + "\n")
                if "--manual" in arguments:
                    into_chapter(names, figures)
    print(f"\n{time.monotonic() - begun:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    main(sys.argv[1:])
