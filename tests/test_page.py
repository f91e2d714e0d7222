"""`mgrad page` without a browser: the layout, the file, its rows, and the command."""

import base64
import hashlib
import html
import json
import math
import random
import re
from itertools import pairwise

import pytest
from conftest import EXAMPLES

from micrograd_cli import MgradError, page, parse, resources
from micrograd_cli.analysis import anatomy as anatomies
from micrograd_cli.analysis.anatomy import anatomy
from micrograd_cli.analysis.explanation import explanations
from micrograd_cli.analysis.ranges import ranges, start
from micrograd_cli.analysis.sampling import Range
from micrograd_cli.language.run import bind
from micrograd_cli.render.page import document
from micrograd_cli.render.page.layers import FAR, Link
from micrograd_cli.render.page.layout import GAP, layout
from micrograd_cli.render.page.views import FOLD, LEAST, LINES, SOURCE, views

NAMES = ["__proto__", "class", "</script><img src=x onerror=alert(1)>", "constructor", "a\"b'c`${1}", "<!--",
         "tab\t\x07\x1b[31m\x00", "$style", "a&b=c#d%e+f", "\u202eevil\u2028", "toString", "\ud800"]  # fmt: skip
HOSTILE = dict(zip([*[f"n{i}" for i in range(10)], "m0", "m1"], NAMES, strict=True))


def example(name):
    return (EXAMPLES / f"{name}.mg").read_text(encoding="utf-8")


def network(sizes):
    """A program of layers of neurons."""
    rng = random.Random(1)
    units = [f"x{i}" for i in range(sizes[0])]
    lines = ["; ".join(f"{x} = {rng.uniform(-1, 1):.3f}" for x in units)]
    for layer, size in enumerate(sizes[1:], 1):
        made = [f"h{layer}_{unit}" for unit in range(size)]
        for unit, name in enumerate(made):
            weights = [f"w{layer}_{unit}_{i}" for i in range(len(units))]
            lines += [
                f"{weight} = {rng.uniform(-1, 1):.3f}" for weight in [*weights, f"b{layer}_{unit}"]
            ]
            terms = " + ".join(f"{w}*{x}" for w, x in zip(weights, units, strict=True))
            lines.append(f"{name} = tanh({terms} + b{layer}_{unit})")
        units = made
    return "\n".join(lines)


def one_expression(count):
    rng = random.Random(2)
    terms = [
        f"sin({rng.choice('abc')}*{i} + {rng.choice('abc')})*exp({rng.choice('abc')}/{i})"
        for i in range(1, count // 8 + 1)
    ]
    return "a = 1; b = 2; c = 3\n" + " + ".join(terms)


LARGE = {
    "network": network([6, 12, 7, 1]),
    "one expression": one_expression(500),
    "chain": "x = 0.5\ny0 = x*1\n" + "\n".join(f"y{i} = sin(y{i - 1}) + x" for i in range(1, 249)),
    "deep": "x = 0.5\n" + "sin(" * 490 + "x" + ")" * 490,
    "wide": "s = sum(" + ", ".join(f"x{i}*x{i}" for i in range(240)) + ")",
}  # fmt: skip


def hostile():
    """A program whose names are `NAMES`, of which few can be typed."""
    lines = [f"n{i} = {i + 1}.5" for i in range(10)]
    text = "\n".join([*lines, "m0 = n0*n1 + relu(n2)*n3 + n4*n5", "m1 = m0 + n6*n7 + n8 + n9"])
    program = parse(text)
    for node in program.labelled().values():
        node.label = HOSTILE[node.label]
    fields = ("inputs", "defaults", "named", "places")
    renamed = {
        field: {HOSTILE[key]: value for key, value in getattr(program, field).items()}
        for field in fields
    }
    evil = "# </title></style></script><script>alert(1)</script>\x00\n"
    return program._replace(text=evil + text, **renamed)


def data_of(text):
    return json.loads(
        re.search(r'<script type="application/json" id="program">(.*?)</script>', text)[1]
    )


# --- the layout ----------------------------------------------------------------------------------


def random_links(rng, count, most=3):
    links = []
    for target in range(2, count):
        sources = [rng.randrange(max(0, target - 12), target) for _ in range(rng.randint(0, most))]
        links += [Link(source, target, slot, len(sources)) for slot, source in enumerate(sources)]
    return links


@pytest.mark.parametrize("seed", range(30))
def test_boxes_do_not_overlap_and_edges_lead_from_left_to_right(seed):
    rng = random.Random(seed)
    count = rng.choice([1, 2, 5, 20, 60])
    links = random_links(rng, count)
    sizes = [(rng.randint(60, 200), rng.randint(30, 120)) for _ in range(count)]
    found = layout(sizes, links, [(50, 26)] * count)
    sizes += [(50, 26)] * len(found.copies)
    places = [(x, y, *size) for (x, y), size in zip(found.places, sizes, strict=True)]
    for i, (x, y, w, h) in enumerate(places):
        assert x >= 0
        assert y >= 0
        assert x + w <= found.width
        assert y + h <= found.height + 1
        for left, top, width, height in places[:i]:
            assert x >= left + width or left >= x + w or y >= top + height or top >= y + h
    for link, source, route in zip(links, found.sources, found.routes, strict=True):
        x, y, w, h = places[source]
        assert route[0] == (x + w, pytest.approx(y + h / 2, abs=1))
        x, y, w, h = places[link.target]
        assert route[-1] == (x, pytest.approx(y + h * (link.slot + 0.5) / link.slots, abs=1))
        assert all(a[0] <= b[0] for a, b in pairwise(route))
        assert source == link.source or found.copies[source - count] == link.source


def test_edges_that_need_not_cross_do_not():
    # two trees, their leaves interleaved: a plane drawing exists
    links = [
        Link(0, 6, 0, 3),
        Link(2, 6, 1, 3),
        Link(4, 6, 2, 3),
        Link(1, 7, 0, 3),
        Link(3, 7, 1, 3),
        Link(5, 7, 2, 3),
    ]
    found = layout([(100, 60)] * 8, links, [(50, 26)] * 8)
    heights = [y for _, y in found.places]
    assert max(heights[0::2][:3]) < min(heights[1::2][:3]) or min(heights[0::2][:3]) > max(
        heights[1::2][:3]
    )
    assert sorted(heights[0:6:2]) == heights[0:6:2]
    assert sorted(heights[1:6:2]) == heights[1:6:2]


def test_an_edge_passes_a_layer_beside_its_boxes():
    links = [Link(0, 1, 0, 1), Link(1, 2, 0, 1), Link(2, 3, 0, 2), Link(0, 3, 1, 2)]
    found = layout([(100, 60)] * 4, links, [(50, 26)] * 4)
    for x, y in found.routes[3][1:-1]:
        for left, top in found.places[1:3]:
            assert not (left <= x <= left + 100 and top <= y <= top + 60)


def test_a_far_use_gets_a_copy():
    chain = [Link(i, i + 1, 0, 1) for i in range(1, 12)]
    links = [Link(0, 2, 1, 2), *chain[1:], Link(0, 12, 1, 2)]
    links[links.index(Link(11, 12, 0, 1))] = Link(11, 12, 0, 2)
    found = layout([(100, 60)] * 13, links, [(50, 26)] * 13)
    assert found.copies == [0]
    assert max(len(route) for route in found.routes) <= 2 * FAR
    assert found.places[13][0] + 100 + GAP == found.places[12][0]


def test_the_layout_of_a_layer_with_nothing_and_of_no_boxes():
    assert layout([], [], []).routes == []
    assert layout([(10, 10)], [], [(5, 5)]).places == [(0, 0)]


# --- the rows ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(path.stem for path in EXAMPLES.glob("*.mg")))
def test_names_and_formulas_are_those_of_explain(name):
    program = parse(example(name))
    told = next(explanations(bind(program, {}), binary=True))
    every = anatomy(program).parts
    parts = {part.name: part for part in every}
    for step in told.forward:
        assert parts[step.name].formula == step.formula
        assert parts[step.name].op == step.op
    for step in told.backward:
        part = parts[step.name]
        operands = [every[arg] for arg in part.args]
        active = [rule for rule, arg in zip(part.rules, operands, strict=True) if arg.active]
        assert active == [share.formula for share in step.passed]


def test_a_program_of_many_nodes_is_folded():
    small, large = anatomy(parse(network([2, 3, 1]))), anatomy(parse(network([3, 4, 2])))
    assert (small.folds, len(small.parts) <= anatomies.FOLDED) == ([], True)
    assert [large.parts[fold.part].name for fold in large.folds] == [
        "h1_0",
        "h1_1",
        "h1_2",
        "h1_3",
        "h2_1",
    ]
    fold = large.folds[0]
    assert [large.parts[source].name for source in fold.sources] == [
        "w1_0_0",
        "x0",
        "w1_0_1",
        "x1",
        "w1_0_2",
        "x2",
        "b1_0",
    ]
    assert [large.parts[member].op for member in fold.members] == ["*", "*", "+", "*", "+", "+"]
    assert fold.formula == "tanh(w1_0_0*x0 + w1_0_1*x1 + w1_0_2*x2 + b1_0)"
    assert fold.rules[1].text == "w1_0_0/cosh(w1_0_0*x0 + w1_0_1*x1 + w1_0_2*x2 + b1_0)^2"


def test_of_a_folded_program_the_weights_are_drawn_inside():
    found, numbers = views(anatomy(parse(LARGE["network"])))
    whole, first = found[0], found[1]
    assert numbers == [0]
    assert len(whole.boxes) == 6 + 12 + 7 + 1
    assert sum(box.kind == FOLD for box in whole.boxes) == 20
    assert sum(box.kind == SOURCE for box in first.boxes) == 6 + 7
    assert first.part == next(box.part for box in whole.boxes if box.kind == FOLD)


def test_every_part_is_drawn_somewhere():
    for text in [
        *LARGE.values(),
        *[path.read_text(encoding="utf-8") for path in EXAMPLES.glob("*.mg")],
    ]:
        rows = anatomy(parse(text))
        drawn = {box.part for view in views(rows)[0] for box in view.boxes}
        assert {i for i, part in enumerate(rows.parts) if not part.literal} <= drawn


def test_every_output_has_its_own_drawing_unless_they_are_many_and_large():
    rows = anatomy(parse("a = 1; b = 2\na*b\nsin(b)\na"))
    found, numbers = views(rows)
    assert numbers == [0, 1, 2]
    assert [len(view.boxes) for view in found] == [3, 2, 1]
    many = parse("; ".join(["a = 1", "b = a + 1", *[f"c{i} = b*{i}*b*a" for i in range(70)], *[f"sin({' + '.join(f'c{i}' for i in range(70))})"] * 8]))  # fmt: skip
    assert views(anatomy(many))[1] == [0] * 8


def test_where_inputs_start_and_how_far_they_move():
    program = parse("spot = 100; rate = 0.03; x = 0\nlog(spot)*rate*x*y*z*w + t")
    given = {"rate": Range(0, 1), "y": Range(2, 4), "z": 7.0, "w": -3.0}
    begin = start(program, given)
    assert begin == {"spot": 100, "rate": 0.03, "x": 0, "y": 3, "z": 7, "w": -3, "t": 1}
    found = ranges(program, given, begin)
    assert found == {
        "spot": Range(50, 150), "rate": Range(0, 1), "x": Range(-2, 2), "y": Range(2, 4),
        "z": Range(-20, 20), "w": Range(-10, 10), "t": Range(-2, 2),
    }  # fmt: skip


@pytest.mark.parametrize("number", [5e-324, -1e-300, 1e308, -1.7e308, math.inf, math.nan])
def test_a_range_around_any_number_is_finite(number):
    program = parse("x")
    ((lo, hi),) = ranges(program, {"x": number}, {"x": number}).values()
    assert -math.inf < lo < hi < math.inf


# --- the file ------------------------------------------------------------------------------------


def test_the_neuron_is_small():
    assert len(page(example("neuron")).html.encode()) < 25_000


@pytest.mark.parametrize("name", LARGE)
def test_five_hundred_nodes_are_below_200_kb(name):
    program = parse(LARGE[name])
    assert 480 <= len(program.nodes) <= 560
    assert len(page(program).html.encode()) < 200_000


def test_the_policy_allows_the_page_its_own_script_and_style_alone():
    text = page(example("kinks")).html
    policy = html.unescape(re.search(r'Content-Security-Policy" content="([^"]*)"', text)[1])

    def allowed(tag):
        (source,) = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        return f"'sha256-{base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()}'"

    assert policy == (
        f"default-src 'none'; script-src {allowed('script')}; style-src {allowed('style')}; "
        "base-uri 'none'; form-action 'none'"
    )
    assert set(re.findall(r"https?://[^\"' ]*", text)) == {"http://www.w3.org/2000/svg"}


def test_names_are_texts():
    text = page(hostile()).html
    text.encode()
    assert text.count("<script") == text.count("</script>") == 2
    assert text.count("<style") == text.count("</style>") == text.count("<title") == 1
    assert "<img" not in text
    assert [each["name"] for each in data_of(text)["inputs"]] == NAMES[:10]


def test_the_title_is_the_comment_or_the_expression():
    def title(text):
        return html.unescape(re.search("<title>(.*?)</title>", page(text).html)[1])

    assert title("# A neuron <of> two inputs\nx = 1; tanh(x)") == "A neuron <of> two inputs"
    assert title("#\nx = 1; tanh(x) < 2") == "tanh(x) < 2"
    assert title("x + " * 200 + "x") == ("x + " * 200)[: document.TITLE - 1] + "…"


def test_scripts_are_there_where_they_are_needed():
    plain, kinks = page("a*b + tanh(a)").html, page("relu(a)").html
    power, several = page("a^b").html, page("a; a*2").html
    for mark, wanted in (
        ("from the left", kinks),
        ("expPair", power),
        ("boxesInSight", None),
    ):
        assert mark not in plain
        assert wanted is None or mark in wanted
    assert 'html("select"' in several
    assert 'html("select"' not in plain
    assert "boxesInSight" in page(LARGE["network"]).html


@pytest.mark.parametrize("name", resources.names("render/page/template"))
def test_what_is_left_out_of_a_script_is_no_text(name):
    source = document.template(name)
    code = re.sub(r"^\s*//.*|/\*\*.*?\*/", "", source, flags=re.MULTILINE | re.DOTALL)
    for text in re.findall(r'"[^"\n]*"', code if name.endswith(".js") else ""):
        assert text in document.bare(source)
    assert len(document.bare(source)) <= len(source)


def test_the_drawing_knows_the_size_of_a_box():
    assert f"w = {LEAST}, h = {LINES}" in document.template("graph.js")


def test_a_program_that_is_too_large_is_refused():
    with pytest.raises(MgradError, match="the page would have 2,199 nodes, more than 2,000"):
        page("+".join(f"x{i}" for i in range(1100)))


# --- Python and the command ----------------------------------------------------------------------


def test_a_notebook_shows_a_frame():
    shown = page("a*b", a=2, b=(0, 3))
    frame = shown._repr_html_()
    assert frame.startswith('<iframe srcdoc="&lt;!doctype html&gt;')
    assert html.unescape(re.search('srcdoc="([^"]*)"', frame)[1]) == shown.html
    assert data_of(shown.html)["inputs"] == [
        {"name": "a", "value": 2, "lo": -5, "hi": 5},
        {"name": "b", "value": 1.5, "lo": 0, "hi": 3},
    ]


@pytest.mark.parametrize(
    ("numbers", "message"), [({"c": 1}, "'c' is not an input"), ({"a": (3, 1)}, "range of 'a'")]
)
def test_numbers_that_python_gives_wrongly(numbers, message):
    with pytest.raises(MgradError, match=message):
        page("a*b", **numbers)


def test_the_command_writes_a_file_or_standard_output(mgrad, tmp_path):
    done = mgrad("page", "tanh(a*b+c)", "--a", "2", "--c", "0:10", "-o", "neuron.html")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    text = (tmp_path / "neuron.html").read_text(encoding="utf-8")
    assert mgrad("page", "tanh(a*b+c)", "--a", "2", "--c", "0:10").stdout == text
    assert [each["value"] for each in data_of(text)["inputs"]] == [2, 1, 5]


def test_a_file_is_left_as_it_was_on_an_error(mgrad, tmp_path):
    (tmp_path / "page.html").write_text("mine")
    assert mgrad("page", "tahn(a)", "-o", "page.html").returncode == 3
    assert (tmp_path / "page.html").read_text() == "mine"
    assert mgrad("page", "a", "-o", "nowhere/page.html").returncode == 5


def test_a_page_is_not_written_to_a_terminal(environment):
    from test_process import on_a_terminal

    assert "a page cannot be shown on a terminal" in on_a_terminal(environment, ["page", "a*b"])
