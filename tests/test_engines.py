"""`compile` inside other engines: the examples of the manual's chapter, where they are installed."""

import re
import sys
from importlib.util import find_spec

import pytest

import micrograd_cli
from micrograd_cli import manual

ENGINES = {"Polars": "polars", "pandas": "pandas", "DuckDB": "duckdb", "Dask": "dask.dataframe",
           "Spark": "pyspark", "Ray": "ray"}  # fmt: skip


def examples():
    for section in manual.text("engines").split("\n## ")[1:]:
        name = section.partition("\n")[0]
        for code in re.findall(r"```python\n(.*?)```", section, re.DOTALL):
            yield pytest.param(name, code, id=name)


def test_every_engine_has_an_example():
    assert {each.values[0] for each in examples()} == {*ENGINES}


@pytest.mark.parametrize(("name", "code"), [*examples()])
def test_the_examples_of_the_chapter(name, code, monkeypatch):
    pytest.importorskip("numpy")
    needed = {ENGINES[name].partition(".")[0], *re.findall(r"^import (\w+)", code, re.M)}
    for module in sorted(needed):
        if find_spec(module) is None:
            pytest.skip(f"{module} is not installed")
    monkeypatch.setenv("PYSPARK_PYTHON", sys.executable)  # its workers' Python
    exec(compile(code, "engines.md", "exec"), {"__name__": "example"})


def test_the_schema_is_that_of_the_results():
    function = micrograd_cli.compile("p = a*b; p; a", wrt=["b"])
    assert function.schema == {"p": float, "d_p_b": float, "o2": float, "d_o2_b": float}
    assert [*function.schema] == [*function(a=[1.0], b=[2.0])]


def test_null_inputs_of_frames():
    polars = pytest.importorskip("polars")
    import micrograd_cli.polars

    frame = polars.DataFrame({"a": [1, None, 3], "b": [1.0, 2.0, None]})
    found = frame.mgrad("k = 2; a*b^k", wrt=["a"])
    assert found.columns == ["a", "b", "value", "d_a"]
    assert found["value"].to_list() == [1.0, None, None]
    assert frame.lazy().mgrad("a*b", wrt=[]).collect_schema()["value"] == polars.Float64
    with pytest.raises(micrograd_cli.MgradError, match="no column 'c'"):
        frame.mgrad("a*c")
    with pytest.raises(micrograd_cli.MgradError, match="has a column 'b' already"):
        frame.select("a", "b").mgrad("b = 2*a; b", wrt=[])
