"""`map --reduce`: against NumPy by hand, and the same bits however the rows are read."""

import json

import numpy as np
import polars as pl
import pytest

NET = """
size h = 5
input x[2], y, W[h, 2], b[h], v[h]
(v @ tanh(W @ x + b) - y)^2
"""
ROWS = 30_000


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    """The same rows as a CSV, JSONL and Parquet file, and as two CSV files; the numbers."""
    folder = tmp_path_factory.mktemp("tables")
    rng = np.random.default_rng(1)
    frame = pl.DataFrame({name: rng.normal(size=ROWS) for name in ("x[0]", "x[1]", "y")})
    frame.write_csv(folder / "all.csv")
    frame.write_parquet(folder / "all.parquet")
    frame.write_ndjson(folder / "all.jsonl")
    frame.head(12_345).write_csv(folder / "part1.csv")
    frame.slice(12_345).write_csv(folder / "part2.csv")
    (folder / "net.mg").write_text(NET)
    numbers = {"W": rng.normal(size=(5, 2)), "b": rng.normal(size=5), "v": rng.normal(size=5)}
    (folder / "params.json").write_text(json.dumps({n: x.tolist() for n, x in numbers.items()}))
    return folder, frame.to_numpy(), numbers


def test_the_mean_loss_of_a_network_and_its_gradient(mgrad, tables):
    folder, data, numbers = tables
    W, b, v = numbers["W"], numbers["b"], numbers["v"]
    x, y = data[:, :2], data[:, 2]
    hidden = np.tanh(x @ W.T + b)
    error = hidden @ v - y
    inner = np.outer(2 * error, v) * (1 - hidden**2)
    slopes = [inner.T @ x, inner.sum(0), hidden.T @ (2 * error)]
    expected = [(error**2).mean(), *np.concatenate([s.ravel() for s in slopes]) / ROWS]
    outputs = set()
    for names in (["all.csv"], ["all.parquet"], ["all.jsonl"], ["part1.csv", "part2.csv"]):
        done = mgrad("map", "-f", str(folder / "net.mg"), *[str(folder / name) for name in names],
                     "--params", str(folder / "params.json"), "--reduce", "mean", "--to", "jsonl")  # fmt: skip
        assert done.returncode == 0, done.stderr
        outputs.add(done.stdout)
    assert len(outputs) == 1  # to the last bit
    found = json.loads(outputs.pop())
    assert [*found][:3] == ["value", "d_W[0,0]", "d_W[0,1]"]
    assert [*found.values()] == pytest.approx(expected, rel=1e-11, abs=1e-13)


def test_a_row_for_each_table_of_a_folder(mgrad, tables, tmp_path):
    folder, data, _ = tables
    tables_ = [str(folder / f"part{i}.csv") for i in (1, 2)]
    done = mgrad("map", "s*y", *tables_, "--s", "2", "--reduce", "sum", "-o", f"{tmp_path}/out/")
    assert done.returncode == 0, done.stderr
    for i, part in ((1, data[:12_345]), (2, data[12_345:])):
        row = pl.read_csv(tmp_path / f"out/part{i}.csv")
        assert row.columns == ["value", "d_s"]
        assert row.row(0) == pytest.approx((2 * part[:, 2].sum(), part[:, 2].sum()), rel=1e-12)


def test_arrays_that_are_spread_add_up_their_slopes(here, tmp_path):
    (tmp_path / "t.csv").write_text("x\n1\n0.5\n4\n")
    program = "input a[1, 3], B[2, 3], c[2, 1], x; x*sum(a + B) + x^2*sum(c*B)"
    B = np.array([[1.0, 2, 3], [4, 5, 6]])
    status, text, err = here("map", program, "t.csv", "--a", "[[1,2,3]]", "--B", str(B.tolist()),
                             "--c", "[[1],[2]]", "--reduce", "sum", "--to", "jsonl")  # fmt: skip
    assert status == 0, err
    found = json.loads(text)
    assert [found[f"d_a[0,{j}]"] for j in range(3)] == [2 * 5.5] * 3
    assert [found[f"d_c[{i},0]"] for i in range(2)] == [17.25 * row.sum() for row in B]
    assert found["d_B[1,2]"] == 5.5 + 17.25 * 2


def test_rows_that_are_not_finite_are_told(mgrad, tmp_path):
    (tmp_path / "a.csv").write_text("x\n1\n0\n4\n")
    (tmp_path / "b.csv").write_text("x\n0\n")
    call = ["map", "log(x)*s", "a.csv", "b.csv", "--s", "1", "--reduce", "mean"]
    done = mgrad(*call, cwd=tmp_path)
    assert done.stdout == "value,d_s\n-inf,-inf\n"
    assert "2 rows with a result that is inf or nan; the first is row 2 of a.csv" in done.stderr
    assert mgrad(*call, "--strict", cwd=tmp_path).returncode == 4
    done = mgrad("map", "x*1e308*s", "a.csv", "--s", "1", "--reduce", "sum", cwd=tmp_path)
    assert "4e308" not in done.stdout
    assert "inf or nan" in done.stderr
