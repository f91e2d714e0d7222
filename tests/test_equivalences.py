"""One program, many ways to its numbers: each must say the same as the engine.

Programs are drawn from the fuzz's grammar, by seed. Ways that run the same rules in the same order agree to the last
bit; others as far as the digits that the engine itself says are right.
"""

import contextlib
import csv
import io
import json
import math
import random
import sys
from functools import cache
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent / "fuzz"))

from programs import SOUND_PROGRAMS, sound
from test_code import LANGUAGES, RUN, Case, differentiated_program
from test_ops import CASES

from micrograd_cli.analysis.report import reports
from micrograd_cli.commands import run
from micrograd_cli.compiled import compile as compiled
from micrograd_cli.language.reading import parse
from micrograd_cli.language.run import bind
from micrograd_cli.render.code.module import module_text

COUNT = 150
DIGITS = 6  # that must be right for other ways to be compared
HOSTILE = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    1e300,
    -1e300,
    1e-300,
    5e-324,
    math.inf,
    -math.inf,
    math.nan,
    0.1,
    1e22,
    700.0,
]


@cache
def drawn():
    """Programs of one output with a point, half of them odd points."""
    found = []
    for seed in range(10 * COUNT):
        r = random.Random(f"equal-{seed}")
        text = r.choice(SOUND_PROGRAMS) if r.random() < 0.1 else sound(r, single=True)
        program = parse(text)
        if len(program.outputs) != 1 or not program.inputs:
            continue
        odd = r.random() < 0.5
        point = {
            name: r.choice(HOSTILE) if odd and r.random() < 0.5 else r.uniform(-3, 3)
            for name in program.inputs
        }
        found.append((text, program, point))
        if len(found) == COUNT:
            break
    return found


def engine(program, point):
    return next(reports(bind(program, point), nodes="inputs"))


def bits(x):
    return "nan" if x != x else x.hex()


def flat(x):
    return [y for each in x for y in flat(each)] if isinstance(x, list | tuple) else [x]


def alike(x, y, digits):
    """Whether two floats agree as far as `digits` of them are right."""
    if not digits or digits < DIGITS or not (math.isfinite(x) and math.isfinite(y)):
        return True
    return abs(x - y) <= 10.0 ** (2 - digits) * max(abs(x), abs(y)) + 1e-300


def both(report):
    """The value and the gradients of a report, and their right digits."""
    digits = report.digits
    numbers = [report.value, *flat(list(report.grad.values()))]
    right = (
        [None] * len(numbers)
        if digits is None
        else [digits.value, *flat(list(digits.grad.values()))]
    )
    return numbers, right


def text_of(args):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = run(args)
    return status, out.getvalue(), err.getvalue()


def bound(point, program):
    lists = {}
    for name, x in point.items():
        array = name.partition("[")[0]
        lists.setdefault(
            array if array in program.arrays and name not in program.arrays else name, []
        ).append((name, x))
    return [
        f"--let={quoted(name, program)}={value(each, program, name)}"
        for name, each in lists.items()
    ]


def quoted(name, program):
    return f"`{name}`" if not name.isidentifier() and "[" not in name else name


def value(pairs, program, name):
    numbers = [repr(x) for _, x in pairs]
    shape = program.arrays.get(name, ())
    if not shape:
        return numbers[0]
    if len(shape) == 1:
        return f"[{', '.join(numbers)}]"
    rows = [numbers[i : i + shape[1]] for i in range(0, len(numbers), shape[1])]
    return f"[{', '.join(f'[{chr(44).join(row)}]' for row in rows)}]"


def test_the_rows_of_map_agree_and_nearly_all_to_the_last_bit():
    same = 0
    for text, program, point in drawn():
        numbers, right = both(engine(program, point))
        found = compiled(program).row(*point.values())
        same += [*map(bits, found)] == [*map(bits, numbers)]
        for x, y, digits in zip(numbers, found, right, strict=True):
            assert alike(x, y, digits), (text, point, x, y)
            assert math.isfinite(x) == math.isfinite(y), (text, point, x, y)
    assert same > 0.95 * len(drawn())


def test_the_columns_of_map_agree():
    np = pytest.importorskip("numpy")
    for text, program, point in drawn():
        numbers, right = both(engine(program, point))
        with np.errstate(all="ignore"):
            found = compiled(program).kernel([np.array([x, x]) for x in point.values()])
        for x, column, digits in zip(numbers, found, right, strict=True):
            last = float(np.broadcast_to(column, 2)[-1])
            assert alike(x, last, digits), (text, point, x, last)
            assert math.isfinite(x) == math.isfinite(last), (text, point, x, last)


def test_diff_of_order_0_is_the_program_and_prints_what_it_reads():
    for text, program, point in drawn():
        status, printed, err = text_of(["diff", text, "--order", "0"])
        assert status == 0, (text, err)
        again = parse(printed)
        assert text_of(["diff", printed, "--order", "0"])[1] == printed, text
        if not again.inputs.keys() >= {name for name in program.inputs if name in printed}:
            continue
        known = {name: x for name, x in point.items() if name in again.inputs}
        numbers, right = both(engine(program, point))
        assert alike(numbers[0], engine(again, known).value, right[0]), (text, printed, point)


def test_diff_evaluated_is_the_gradient():
    for text, program, point in drawn():
        status, printed, err = text_of(["diff", text, "--order", "1"])
        assert status == 0, (text, err)
        again = parse(printed)
        known = {name: x for name, x in point.items() if name in again.inputs}
        numbers, right = both(engine(program, point))
        values = [each.value for each in reports(bind(again, known), (), "inputs")]
        for x, y, digits in zip(numbers[1:], values, right[1:], strict=True):
            assert alike(x, y, digits), (text, printed, point, x, y)


def test_numerical_derivatives_never_say_that_the_gradient_is_wrong():
    for text, program, point in drawn()[:60]:
        if all(map(math.isfinite, both(engine(program, point))[0])):
            status, printed, err = text_of(
                ["check", text, *bound(point, program), "--format", "jsonl"]
            )
            assert status == 0, (text, point, printed, err)


@pytest.mark.parametrize("target", ["python", "numpy", "c", "javascript", "rust"])
def test_code_says_the_same(target, tmp_path):
    cases, wanted = [], []
    chosen = [each for each in drawn() if not each[1].arrays][:80]
    for i, (_, program, point) in enumerate(chosen):
        made = differentiated_program(program)._replace(name=f"case{i}")
        cases.append(Case(made, [[*point.values()]]))
        wanted.append(both(engine(program, point)))
    source = module_text(LANGUAGES[target], [case.function for case in cases])
    for (text, *_), (numbers, right), [found] in zip(
        chosen, wanted, RUN[target](source, cases, tmp_path), strict=True
    ):
        for x, y, digits in zip(numbers, found, right, strict=True):
            assert alike(x, y, digits), (text, x, y)


def test_machine_formats_read_back_to_the_last_bit():
    for text, program, point in drawn():
        report = engine(program, point)
        numbers = [*map(bits, both(report)[0])]
        args = ["eval", text, *bound(point, program)]
        _, printed, _ = text_of([*args, "--format", "jsonl", "--nonfinite", "string"])
        record = json.loads(printed)
        assert [
            bits(float(x)) for x in [record["value"], *flat([*record["grad"].values()])]
        ] == numbers, text
        for format_, delimiter in (("csv", ","), ("tsv", "\t")):
            _, printed, _ = text_of([*args, "--format", format_, "--nodes", "all"])
            rows = list(csv.DictReader(io.StringIO(printed, newline=""), delimiter=delimiter))
            grads = {row["name"]: row["grad"] for row in rows if row["op"] == "input"}
            assert [bits(float(x)) for x in grads.values()] == numbers[1:], (text, format_)


@pytest.mark.parametrize("format_", ["csv", "tsv", "jsonl"])
@pytest.mark.parametrize("engine_", ["rows", "columns"])
def test_tables_read_back_to_the_last_bit(mgrad, tmp_path, format_, engine_):
    numbers = [
        random.Random(i).uniform(-1, 1) * 10.0 ** random.Random(-i).randint(-320, 308)
        for i in range(500)
    ]
    numbers += [-0.0, 5e-324, 1.7976931348623157e308, 2.0**53 + 2, math.inf, -math.inf, math.nan]
    (tmp_path / "t.csv").write_text("a\n" + "".join(f"{x!r}\n" for x in numbers))
    done = mgrad(
        "map",
        "a",
        "t.csv",
        "--to",
        format_,
        "--engine",
        engine_,
        "--nonfinite",
        "string",
        "--only-results",
    )
    if format_ == "jsonl":
        found = [json.loads(line)["value"] for line in done.stdout.splitlines()]
    else:
        rows = csv.DictReader(io.StringIO(done.stdout), delimiter="\t" if format_ == "tsv" else ",")
        found = [row["value"] for row in rows]
    assert [bits(float(x)) for x in found] == [*map(bits, numbers)]


def test_what_is_drawn_reaches_the_operations():
    """Nearly every one-argument function is in some program."""
    texts = "\n".join(text for text, *_ in drawn())
    names = {name for name, arity in CASES if arity == 1 and name.isalpha()}
    assert sum(f"{name}(" in texts for name in names) > len(names) / 2


def test_a_difference_would_be_seen():
    assert not alike(1.0, 1.0 + 1e-9, 15)
    assert alike(1.0, 1.0 + 1e-9, 8)
