"""`mgrad plot`: what is found on a curve, what is never joined, and every format."""

import json
import math
import re
import subprocess
import sys
import zlib
from itertools import pairwise

import numpy as np
import pytest

from micrograd_cli.analysis.curves import trace
from micrograd_cli.analysis.intervals import Request
from micrograd_cli.analysis.plotting import Field
from micrograd_cli.analysis.quantities import Line, Quantity, sampler
from micrograd_cli.analysis.scales import LINEAR, LOG, Tick, ticks
from micrograd_cli.errors import UsageError
from micrograd_cli.language.reading import parse
from micrograd_cli.render.plot.contours import contours
from micrograd_cli.render.plot.figure import Figure, segments, visible
from micrograd_cli.render.plot.heat import field_lines
from micrograd_cli.render.plot.layout import Look, labelled
from micrograd_cli.render.plot.picture import TOLERANCES, picture
from micrograd_cli.render.plot.scene import Scene, Stroke
from micrograd_cli.render.plot.terminal import axis_labels, joined
from micrograd_cli.rows.pairs import read_pairs


def traced(text, lo, hi, limit=2000, **more):
    program = parse(text)
    quantities = [Quantity(0), Quantity(1, "x")]
    line = Line(program, program.outputs[0], "x", {}, quantities)
    return trace(sampler(line, LINEAR, LINEAR), Request(lo, hi, (160, 60), limit, **more))


def joined_over(found, x, q=0):
    """Whether a line of a quantity, as far as it is seen, runs across x."""
    lo, hi = found.windows[q]
    parts = [part for line in segments(found, q) for part in visible(line, lo, hi)]
    return any(part[0][0] < x < part[-1][0] for part in parts)


@pytest.mark.parametrize(
    ("text", "lo", "hi", "kind", "places"),
    [
        ("abs(x - 2)", 0, 20, "kink", [2]),
        ("abs(x - 2)", 0, 4, "kink", [2]),
        ("relu(x - 1/3)", -1, 1, "kink", [1 / 3]),
        ("sqrt((x - 0.7)^2)", -1, 1, "kink", [0.7]),
        ("max(x, x^2)", -1, 3, "kink", [0, 1]),
        ("floor(x)", 0.5, 3.7, "jump", [1, 2, 3]),
        ("atan(1/x)", -1, 1.2, "jump", [0]),
        ("x % 3", 1, 7, "jump", [3, 6]),
        ("where(x > 2, x, 0)", 0, 7, "jump", [2]),
        ("tan(x)", 0, 10, "pole", [math.pi / 2, 3 * math.pi / 2, 5 * math.pi / 2]),
        ("1/x", -1, 1.7, "pole", [0]),
        ("1/x^2", -1, 1.3, "pole", [0]),
        ("log(x)", 0, 20, "pole", [0]),
        ("sqrt(x - 1)", 0, 3, "edge", [1]),
        ("asin(x)", -2, 3, "edge", [-1, 1]),
        ("exp(x)", 0, 1000, "overflow", [math.log(sys.float_info.max)]),
    ],
)
def test_what_is_found(text, lo, hi, kind, places):
    found = traced(text, lo, hi)
    assert found.complete
    assert [event.kind for event in found.events] == [kind] * len(places)
    tolerance = 1e-6 if hi - lo < 100 else 1e-5
    assert [event.at for event in found.events] == pytest.approx(places, rel=0, abs=tolerance)


@pytest.mark.parametrize("limit", [2000, 150, 40])
@pytest.mark.parametrize(
    ("text", "lo", "hi", "places"),
    [
        ("tan(x)", 0, 20, [math.pi * (n + 0.5) for n in range(6)]),
        ("1/x", -1, 1.7, [0]),
        ("1/x", -1, 1, [0]),
        ("1/(x - 1)^3", 0, 3, [1]),
        ("floor(x)", 0.5, 9.5, range(1, 10)),
        ("atan(1/x)", -1, 1.2, [0]),
    ],
)
def test_no_line_crosses_a_pole_or_a_jump(text, lo, hi, places, limit):
    found = traced(text, lo, hi, limit)
    for x in places:
        assert not joined_over(found, x)


def test_the_slope_of_a_kink_is_not_joined_but_the_curve_is():
    found = traced("abs(x - 2)", 0, 5)
    assert joined_over(found, 2, 0)
    assert not joined_over(found, 2, 1)


@pytest.mark.parametrize("text", ["sin(x)", "tanh(30*(x - 3))", "exp(-x^2)", "1/(1 + 400*(x-3)^2)"])
def test_a_smooth_curve_is_one_line_within_a_pixel(text):
    found = traced(text, 0, 6)
    (line,) = segments(found, 0)
    assert not found.events
    assert len(found.samples) < 200
    program = parse(text)
    at = sampler(Line(program, program.outputs[0], "x", {}, [Quantity(0), Quantity(1, "x")]),
                 LINEAR, LINEAR)  # fmt: skip
    pixel = (found.windows[0][1] - found.windows[0][0]) / 60
    for (a, fa), (b, fb) in pairwise(line):
        middle = (a + b) / 2
        # half a pixel up or down, or within a column, where a steep curve is drawn as one stroke
        if b - a > 6 / 160:
            assert abs(at(middle).numbers[0] - (fa + fb) / 2) < pixel


def test_no_period_hides_from_the_first_samples():
    found = traced("cos(2*pi*x)", 0, 32)
    assert found.windows[0] == pytest.approx((-1, 1), abs=1e-3)


def test_the_axis_follows_the_curve_and_not_its_poles():
    lo, hi = traced("tan(x)", 0, 20).windows[0]
    assert -10 < lo < -2 < 2 < hi < 10
    lo, hi = traced("1/(x^2 + 1e-4)", -1, 1.3).windows[0]
    assert hi > 9000  # a peak is no pole


def test_the_cap_holds():
    assert len(traced("sin(1/x)", -1, 1, 300).samples) <= 300
    found = traced("floor(x)", 0, 100, 200)
    assert len(found.samples) <= 200
    assert not found.complete


def test_samples_are_evals_to_the_bit(mgrad):
    rows = mgrad(
        "plot", "k*tanh(x)^3 - abs(x)", "--x", "-1:2", "--k", "1,3", "--format", "csv"
    ).stdout
    header, *lines = rows.splitlines()
    assert header == "x,k,output,value,d_x"
    for line in lines[:: len(lines) // 6]:
        x, k, _, value, slope = line.split(",")
        done = mgrad("eval", "k*tanh(x)^3 - abs(x)", "--x", x, "--k", k, "--format", "json")
        shown = json.loads(done.stdout)
        assert repr(shown["value"]) == value
        assert repr(shown["grad"]["x"]) == slope


def test_second_derivatives_are_those_of_hessian(mgrad):
    done = mgrad("plot", "sin(x)*x", "--x", "0:2", "--with", "d2", "--format", "json")
    curve = json.loads(done.stdout)["curves"][0]
    assert curve["columns"] == ["x", "d2_x"]
    for x, second in curve["samples"][::8]:
        assert second == pytest.approx(2 * math.cos(x) - x * math.sin(x), abs=1e-14)


def test_a_derivative_by_another_input(mgrad):
    args = [
        "plot",
        "k^2*x",
        "--x",
        "1:2",
        "--k",
        "3",
        "--wrt",
        "k",
        "--with",
        "d",
        "--format",
        "csv",
    ]
    header, first, *_ = mgrad(*args).stdout.splitlines()
    assert (header, first) == ("x,output,d_k", "1.0,k^2*x,6.0")


@pytest.mark.parametrize("columns", ["80", "40"])
@pytest.mark.parametrize("text", ["abs(x)", "1/x; exp(x)", "1e-300*x", "1e300*x", "7 + 0*x"])
def test_text_fits_and_is_ascii_in_a_pipe(mgrad, text, columns):
    shown = mgrad("plot", text, "--x", "-1:2", env={"COLUMNS": columns, "LINES": "20"}).stdout
    lines = shown.splitlines()
    assert shown.isascii()
    assert "\x1b" not in shown
    assert max(map(len, lines)) <= int(columns)
    assert len(lines) <= 19


def test_braille_and_blocks_by_option(mgrad):
    for style, character in (("braille", "⠤⠒⠉⣀"), ("blocks", "▀▄▞▚")):
        shown = mgrad("plot", "sin(x)", "--x", "0:6", "--style", style, "--color", "never").stdout
        assert set(character) & set(shown)
        assert "\x1b" not in shown


@pytest.mark.parametrize(
    "args",
    [
        ["tan(x)", "--x", "0:20"],
        ["sin(50*x)", "--x", "0:20"],
        ["floor(7*x)", "--x", "0:9", "--title", "steps & <jumps>"],
        ["sin(x); cos(x); x/9", "--x", "0:9", "--with", "f,d,d2", "--tangent", "2"],
        ["(1-x)^2 + 100*(y-x^2)^2", "--x", "-2:2", "--y", "-1:3"],
        ["sin(3*x)*cos(4*y)", "--x", "-2:2", "--y", "-1:3"],
        ["sqrt(x*y)", "--x", "-2:2", "--y", "-1:3"],
    ],
)
def test_an_svg_is_small_and_for_both_kinds_of_page(mgrad, tmp_path, args):
    from xml.etree import ElementTree

    mgrad("plot", *args, "-o", "plot.svg")
    text = (tmp_path / "plot.svg").read_text()
    ElementTree.fromstring(text)
    assert len(text.encode()) < 10_000
    assert "prefers-color-scheme:dark" in text
    assert "nan" not in text.replace("nan-", "")


def test_a_pdf_says_where_its_objects_are(mgrad, tmp_path):
    mgrad("plot", "x^2 + y^2", "--x", "-1:1", "--y", "-1:1", "-o", "plot.pdf")
    data = (tmp_path / "plot.pdf").read_bytes()
    table = int(re.search(rb"startxref\n(\d+)", data).group(1))
    assert data[table:].startswith(b"xref")
    for number, place in enumerate(re.findall(rb"(\d{10}) 00000 n", data), 1):
        assert data[int(place) :].startswith(b"%d 0 obj" % number)
    content = re.search(rb"/Length (\d+)>>stream\n", data)
    packed = data[content.end() : content.end() + int(content.group(1))]
    assert b"(x^2 + y^2) Tj" in zlib.decompress(packed)


def test_a_png_is_one(mgrad, tmp_path):
    pytest.importorskip("resvg_py")
    mgrad("plot", "x^2", "--x", "-1:1", "-o", "plot.png")
    assert (tmp_path / "plot.png").read_bytes().startswith(b"\x89PNG")


def test_rows_import_no_library_for_drawing(environment):
    code = (
        "import sys; from micrograd_cli.commands import run; "
        "run(['plot', 'x^2', '--x', '0:1', '--format', 'json']); "
        "print({'rich', 'numpy'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True
    )
    assert done.stdout.endswith("set()\n")


@pytest.mark.parametrize(
    ("lo", "hi", "labels"),
    [
        (0, 20, ["0", "5", "10", "15", "20"]),
        (-1, 1, ["-1.0", "-0.5", "0.0", "0.5", "1.0"]),
        (0, 1e-5, ["0", "2e-6", "4e-6", "6e-6", "8e-6", "1e-5"]),
        (1e6, 1e6 + 2, None),
        (0, 1e300, None),
        (-1e-310, 1e-310, None),
    ],
)
def test_ticks_are_round(lo, hi, labels):
    found = ticks(lo, hi, 6)
    assert 2 <= len(found) <= 6
    assert [float(tick.label) for tick in found] == pytest.approx([t.place for t in found])
    assert labels is None or [tick.label for tick in found] == labels


def test_ticks_of_a_logarithmic_axis_are_powers_of_ten():
    assert [tick.label for tick in ticks(-2, 3, 6, LOG)] == [
        "0.01",
        "0.1",
        "1",
        "10",
        "100",
        "1000",
    ]


def test_a_contour_of_a_cone_is_a_circle():
    n = 21
    cone = [[math.hypot(x - 10, y - 10) for x in range(n)] for y in range(n)]
    (line,) = contours(cone, 6.5)
    assert line[0] == line[-1]
    assert all(math.hypot(x - 10, y - 10) == pytest.approx(6.5, abs=0.1) for x, y in line)


def test_no_contour_runs_along_a_pole():
    pole = [[1 / (x - 10.5) for x in range(21)] for _ in range(5)]
    assert list(contours(pole, 0.0))
    assert not list(contours(pole, 0.0, cliff=(-1, 1)))


def test_points_and_paths_are_read_from_tables(mgrad, tmp_path):
    (tmp_path / "data.csv").write_text("t,y\n1,1\n\n2,4\n3,x\n")
    bad = mgrad("plot", "x^2", "--x", "0:3", "--points", "data.csv:t,y")
    assert bad.returncode == 5
    assert "data.csv, row 4" in bad.stderr
    (tmp_path / "data.csv").write_text("t,y\n1,1\n2,4\n")
    shown = mgrad(
        "plot", "x^2 - 3*x", "--x", "0:3", "--with", "f", "--points", "data.csv:t,y"
    ).stdout
    assert shown.count("o") == 2
    (tmp_path / "trace.csv").write_text("step,x,y\n0,1,1\n1,0.5,0.2\n2,0,0\n")
    shown = mgrad("plot", "x^2 + y^2", "--x", "-1:1", "--y", "-1:1", "--path", "trace.csv").stdout
    with pytest.raises(UsageError, match=r"'t.parquet' is no text"):
        read_pairs("t.parquet", ("x", "y"))
    with pytest.raises(UsageError, match=r"trace.csv has no column 'z'"):
        read_pairs(str(tmp_path / "trace.csv"), ("x", "z"))
    assert shown.count("o") == 2


def test_ticks_of_a_logarithmic_axis_within_a_decade_are_those_of_a_linear_one():
    found = ticks(math.log10(2), math.log10(3), 6, LOG)
    linear = ticks(2, 3, 6)
    assert [tick.label for tick in found] == [tick.label for tick in linear]
    assert [10**tick.place for tick in found] == pytest.approx([tick.place for tick in linear])


def test_the_samples_of_a_map_are_those_of_eval(inside):
    _, out, _ = inside("plot 'x*y^2' --x 0:1 --y 2:3 --max-points 40 --format json")
    samples = json.loads(out)["samples"]
    assert len(samples) == len({(x, y) for x, y, _ in samples})
    assert {min(samples)[0], max(samples)[0]} == {0.0, 1.0}
    assert all(value == x * y**2 for x, y, value in samples)
    rows = inside("plot 'x*y^2' --x 0:1 --y 2:3 --max-points 40 --format csv")[1].splitlines()[1:]
    read = [(float(x), float(y), float(value)) for x, y, _, value in (r.split(",") for r in rows)]
    assert read == [tuple(each) for each in samples]


def test_the_axis_that_is_asked_for_may_be_logarithmic(inside):
    status, out, _ = inside("plot 'x^2' --x 1:10 --log y --y 1:100 --format json")
    assert (status, json.loads(out)["curves"][0]["samples"][-1][1]) == (0, 100.0)


# --- edges of what is drawn -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "lines"),
    [
        (["a*b", "--a", "0:2", "--b", "3", "--wrt", "a,b"], ["* d/da  + d/db", "   d/da, d/db"]),
        (["abs(a)*b", "--a=-1:1", "--b", "3,4"], ["* b = 3  + b = 4", "kink at a = 0"]),
        (["abs(log(a))", "--a", "0.1:10", "--log", "x"], ["kink at a = 1"]),
    ],
)
def test_a_legend_and_notes(here, words, lines):
    status, out, err = here("plot", *words)
    assert (status, err) == (0, "")
    assert {*lines} <= {*out.splitlines()}


def test_what_is_outside_the_axis_is_not_drawn(here, tmp_path):
    (tmp_path / "t.csv").write_text("x,y\n1,9\n1,0.5\n")
    words = ["plot", "a^2 + b", "--a", "0:4", "--b", "0,100", "--y", "0:1", "--with", "f",
             "--tangent", "3", "--points", "t.csv:x,y"]  # fmt: skip
    status, out, err = here(*words)
    assert (status, err, out.count("o")) == (0, "", 1)  # one of the points, and no tangent's
    assert here(*words, "-o", "t.svg")[0] == 0
    page = (tmp_path / "t.svg").read_text()
    assert page.count("<circle") == 1
    assert here(*words[:5], ",".join(map(str, range(123000, 131400, 1200))), "-o", "t.svg")[0] == 0
    heights = {*re.findall(r'y="([0-9.]+)"[^>]*>b = ', (tmp_path / "t.svg").read_text())}
    assert len(heights) > 1  # of the names: the legend has several rows


def test_a_map_as_rows(here):
    _, rows, _ = here("plot", "a*b", "--a", "0:4", "--b", "1:2", "--format", "csv")
    header, *lines = [line.split(",") for line in rows.splitlines()]
    assert header == ["a", "b", "output", "value"]
    assert all(float(value) == float(a) * float(b) for a, b, _, value in lines)
    _, text, _ = here("plot", "a*b", "--a", "0:4", "--b", "1:2", "--format", "json")
    found = json.loads(text)
    assert (found["inputs"], found["output"]) == (["a", "b"], "a*b")
    assert found["samples"] == [[float(a), float(b), float(value)] for a, b, _, value in lines]


def test_a_map_of_one_number_has_no_levels_and_no_arrows(here):
    words = ["plot", "0*a*b + 5", "--a", "0:4", "--b", "0:1"]
    status, out, _ = here(*words)
    assert status == 0
    assert not {*out} & {*"<>^@#%"}
    _, page, _ = here(*words, "--format", "svg")
    assert "fill='none'" not in page
    assert ">5<" not in page


def test_a_path_on_a_pdf(here, tmp_path):
    (tmp_path / "trace.csv").write_text("x,y\n1,1\n0.5,0.2\n0,0\n")
    words = ["plot", "x^2 + y^2", "--x=-1:1", "--y=-1:1", "--title", "Way down", "-o", "m.pdf"]

    def drawn(*more):
        assert here(*words, *more)[0] == 0
        data = (tmp_path / "m.pdf").read_bytes()
        streams = re.findall(rb"stream\n(.*?)\nendstream", data, re.DOTALL)
        return b"\n".join(zlib.decompress(each) for each in streams if each[:1] == b"x").decode(
            "latin-1"
        )

    plain, with_path = drawn(), drawn("--path", "trace.csv")
    assert "(Way down) Tj" in plain
    circles = [
        line for line in with_path.splitlines() if line.count(" c") == 4 and line.endswith(" f")
    ]
    assert len(circles) == 5  # three points, and two for the last
    assert not [line for line in plain.splitlines() if line.count(" c") == 4]
    for line in circles:
        numbers = np.array(re.findall(r"[-0-9.]+", line.partition(" rg ")[2]), float).reshape(-1, 2)
        centre = (numbers[0] + numbers[6]) / 2  # of opposite corners
        radius = math.dist(numbers[0], centre)
        assert numbers[-1].tolist() == numbers[0].tolist()
        for n in range(0, 12, 3):  # the middle of each quarter, by Bernstein's polynomials
            middle = np.array([1, 3, 3, 1]) / 8 @ numbers[n : n + 4]
            assert math.dist(middle, centre) == pytest.approx(radius, abs=0.02)


def test_a_map_in_little_room_and_a_path_that_leaves_it():
    field = Field(("a", "b"), (0, 1), (0, 1), "f", [[0.0, 1.0], [1.0, 2.0]], [],
                  [(5, 5), (0.2, 0.2), (math.nan, 0.5), (0.6, 0.6)], "A title")  # fmt: skip
    lines = [
        "".join(text for text, _ in line)
        for line in field_lines(field, Look(60, 20, "ascii", False))
    ]
    assert lines[0].strip() == "A title"
    assert sum(line.count("o") for line in lines) == 1  # its end: it begins outside
    with pytest.raises(UsageError, match="60x5 is too small"):
        field_lines(field, Look(60, 5, "ascii", False))


def test_labels_fit_their_axis():
    assert labelled([Tick(0.0, "0.00"), Tick(0.05, "0.05"), Tick(0.9, "0.90")], 0, 1, 20) == [
        (-2, "0.00"), (15, "0.90")]  # fmt: skip
    for name, hi in [("x", 10000), ("x" * 50, 1)]:
        (*_, (last, _)) = cells = axis_labels(Figure("", name, 0, hi, LINEAR, [], [], []), 40, 1)
        line = "".join(text for text, _ in cells)
        assert len(line) <= 44
        assert (name in line, "10000" in line) == (len(name) < 9, False)
        assert last == last.rstrip()
    assert joined([("a", "red"), ("b", "red"), ("  ", "blue")]) == [("ab", "red")]
    assert joined([("  ", "")]) == []


def test_an_svg_that_stays_large_is_as_coarse_as_it_may_be():
    tried = []

    def scene(tolerance):
        tried.append(tolerance)
        line = [(float(n), n % 7 * 10.0) for n in range(5000)]
        return Scene(640, 480, [Stroke("ink", [line], 1)])

    assert picture(scene, "title", "svg").startswith(b"<svg")
    assert tried == [*TOLERANCES]
