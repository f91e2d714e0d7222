"""`--csv-safe`: no text of CSV or TSV is a formula to a spreadsheet, and no number is changed."""

import csv
import io

import click
import pytest

from micrograd_cli.commands import COMMANDS, mgrad, run
from micrograd_cli.files.spreadsheet import as_text, risk

RUN = ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\tx", "\rx", "\nx", "＝1", "＋x", "－x", "＠x", "-", "+", "=", "-1,5",
       "--1", "-1e", "+ 1", "-٣", "=cmd|' /C calc'!A0", '=HYPERLINK("http://x")', "-infinity", "-1_0"]  # fmt: skip
KEPT = [
    "",
    "x",
    "1",
    "-1",
    "+1",
    "-1.5e-3",
    "-.5",
    "-2.",
    "-inf",
    "+nan",
    "1=1",
    "a@b.c",
    " =1",
    "'=1",
    '"',
    "a,b",
    "a-b",
]


@pytest.mark.parametrize("cell", RUN)
def test_a_formula_becomes_text(cell):
    assert as_text(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", KEPT)
def test_other_cells_and_numbers_stay(cell):
    assert as_text(cell) == cell


def test_a_decimal_comma_makes_a_number():
    assert as_text("-1,5", ",") == "-1,5"


def table(cells, delimiter=","):
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\n")
    writer.writerow(["a", "=note"])
    writer.writerows([[str(n - 5), cell] for n, cell in enumerate(cells)])
    return text.getvalue()


def rows(text, delimiter=","):
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))


@pytest.mark.parametrize("engine", ["rows", "columns"])
@pytest.mark.parametrize(("delimiter", "format_"), [(",", "csv"), ("\t", "tsv"), (";", "csv")])
def test_map_writes_no_formula(mgrad, tmp_path, engine, delimiter, format_):
    path = tmp_path / f"t.{format_}"
    path.write_text(table([*RUN, *KEPT], delimiter), encoding="utf-8", newline="")
    args = ["--engine", engine, *(["--delimiter", ";"] if delimiter == ";" else [])]
    done = mgrad("map", "a^2", str(path), "--csv-safe", *args)
    assert (done.returncode, done.stderr) == (0, "")
    head, *found = rows(done.stdout, delimiter)
    assert head == ["a", "'=note", "value", "d_a"]
    cells = [f"'{cell}" for cell in RUN] + KEPT
    assert [row[1].replace("\r", "\n") for row in found] == [c.replace("\r", "\n") for c in cells]
    assert [float(row[0]) for row in found] == [n - 5 for n in range(len(cells))]
    assert [float(row[3]) for row in found] == [2.0 * (n - 5) for n in range(len(cells))]


def test_without_the_option_cells_come_through_as_they_are(mgrad, tmp_path):
    (tmp_path / "t.csv").write_text("a,b\n1,=1\n")
    assert mgrad("map", "a", "t.csv").stdout == "a,b,value,d_a\n1,=1,1.0,1.0\n"


@pytest.mark.parametrize("suffix", ["jsonl", "parquet"])
def test_text_of_other_formats_too(mgrad, tmp_path, suffix):
    import polars

    frame = polars.DataFrame({"a": [-1.0, 2.0], "=b": ["=1", "-2"], "c": ["x", None]})
    getattr(frame, {"jsonl": "write_ndjson", "parquet": "write_parquet"}[suffix])(
        tmp_path / f"t.{suffix}"
    )
    done = mgrad("map", "a", f"t.{suffix}", "--to", "csv", "--csv-safe")
    assert done.stdout == "a,'=b,c,value,d_a\n-1.0,'=1,x,-1.0,1.0\n2.0,-2,,2.0,1.0\n", done.stderr


def test_messages_names_of_files_and_headers(mgrad, tmp_path):
    (tmp_path / "=t.csv").write_text("a\n1\nx\n")
    args = ["--csv-safe", "--file-column", "=file", "--prefix", "=", "--on-error", "record"]
    done = mgrad("map", "a", "=t.csv", *args)
    head, first, _ = rows(done.stdout)
    assert head == ["a", "'=file", "'=value", "'=d_a", "error"]
    assert first == ["1", "'=t.csv", "1.0", "1.0", ""]


def test_eval_and_fit(mgrad, tmp_path):
    done = mgrad("eval", "-a", "--a", "-2", "--format", "csv", "--csv-safe")
    assert rows(done.stdout)[1:] == [["", "0", "a", "input", "", "-2.0", "-1.0"],
                                     ["", "1", "'-a", "neg", "0", "2.0", "1.0"]]  # fmt: skip
    (tmp_path / "t.csv").write_text("x,y,n\n0,1,=1\n1,2,-1\n2,3.5,\n3,4,\n")
    fit = mgrad(
        "fit",
        "a*x + b",
        "t.csv",
        "--target",
        "y",
        "--a=1",
        "--start",
        "b=0",
        "--csv-safe",
        "-o",
        "o.csv",
    )
    assert fit.returncode == 0, fit.stderr
    assert [row[2] for row in rows((tmp_path / "o.csv").read_text())] == ["n", "'=1", "-1", "", ""]


CALLS = {  # of every command that writes CSV: a call whose names a spreadsheet would run
    "eval": ["-`=a`", "--let", "`=a`=2"],
    "plot": ["-`=a`", "--let", "`=a`=0:1", "--max-points", "16"],
    "check": ["-`=a`", "--let", "`=a`=2"],
    "jacobian": ["-`=a`", "--let", "`=a`=2"],
    "hessian": ["-`=a`^2; -`=a`", "--let", "`=a`=2"],
    "uncertainty": ["-`=a`", "--let", "`=a`=2±0.1"],
    "fit": ["`=b`*x", "t.csv", "--target", "y", "--start", "`=b`=1", "-o", "o.csv"],
    "minimize": ["(`=a` - 1)^2", "--trace", "o.csv"],
    "map": ["-`=a`", "t.csv"],
}


def options_of(name):
    command = mgrad.get_command(click.Context(mgrad), name)
    return {word: option for option in command.params for word in option.opts}


def test_every_command_that_writes_csv_has_it():
    found = {name: options_of(name) for name in COMMANDS}
    kinds = {name: options.get("--format", options.get("--to")) for name, options in found.items()}
    writing = {name for name, option in kinds.items() if option and "csv" in option.type.choices}
    assert writing == {*CALLS}
    assert {name for name, options in found.items() if "--csv-safe" in options} == writing
    assert len({options["--csv-safe"].help for options in map(found.get, writing)}) == 1


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("format_", ["csv", "tsv"])
def test_every_command_writes_no_formula(tmp_path, monkeypatch, capsys, name, format_):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.csv").write_text("x,y,=a\n0,1,3\n1,2,-1\n2,3.5,-2\n3,4,1\n")
    chosen = ["--to" if name == "map" else "--format", format_]
    cells = []
    for safe in ([], ["--csv-safe"]):
        assert run([name, *CALLS[name], *chosen, *safe]) == 0
        found = rows(capsys.readouterr().out, "\t" if format_ == "tsv" else ",")
        found += [row for path in tmp_path.glob("o.csv") for row in rows(path.read_text())]
        cells.append([cell for row in found for cell in row])
    unsafe, safe = cells
    assert [as_text(cell) for cell in unsafe] == safe
    assert unsafe != safe


@pytest.mark.parametrize(
    "args",
    [
        ["eval", "1", "--csv-safe"],
        ["minimize", "a", "--csv-safe"],
        ["plot", "a", "--a=0:1", "--csv-safe"],
        ["map", "a", "-", "--to", "jsonl", "--csv-safe"],
    ],
)
def test_of_other_formats_it_is_an_error(mgrad, args):
    done = mgrad(*args, input="a\n1\n")
    assert done.returncode == 2
    assert "--csv-safe is for csv and tsv" in done.stderr


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_the_column_engine_sees_every_risk(delimiter):
    search = risk(delimiter).search
    for cell in RUN:
        if delimiter not in cell and not cell.startswith("-1,5"):
            assert cell[0] == "\n" or search(f"1{delimiter}{cell}{delimiter}2\n".encode()), cell
            assert search(f'1{delimiter}"{cell}"\n'.encode()), cell
    assert not search(f"-1{delimiter}+2.5e-3{delimiter}-inf\n-3{delimiter}x\n".encode())
