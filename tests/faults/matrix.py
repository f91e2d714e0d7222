"""The calls that faults meet: each command, in each format that it writes, with what people would type."""

import click

from micrograd_cli.commands import COMMANDS, mgrad

CALLS = {  # one of each command: what people would type
    "eval": ["eval", "a*b", "--a", "2", "--b", "3"],
    "each": ["eval", "--each", "--a", "2", "-f", "lines.mg", "--format", "jsonl"],
    "explain": ["explain", "a*b", "--a", "2", "--b", "3"],
    "graph": ["graph", "a*b", "--a", "2", "--b", "3"],
    "plot": ["plot", "sin(x)", "--x", "0:6"],
    "page": ["page", "a*b", "--a", "2", "--b", "3"],
    "check": ["check", "a*b", "--a", "2", "--b", "3"],
    "diff": ["diff", "sin(a)*b"],
    "jacobian": ["jacobian", "a*b", "--a", "2", "--b", "3"],
    "hessian": ["hessian", "a*b^2", "--a", "2", "--b", "3"],
    "uncertainty": ["uncertainty", "a*b", "--a", "2±0.1", "--b", "3"],
    "fit": ["fit", "a*x + b", "t.csv", "--target", "y", "--start", "a=1", "--start", "b=0"],
    "minimize": ["minimize", "(a - 1)^2 + b^2"],
    "map": ["map", "x*y", "t.csv"],
    "help": ["help", "map", "--no-pager"],
    "functions": ["functions", "--no-pager"],
    "examples": ["examples", "neuron"],
    "completion": ["completion", "bash"],
    "version": ["version"],
}
MORE = {  # other ways through the same commands
    "numbers": ["eval", "a*b", "--a", "2", "--b", "3", "--print", "grad"],
    "points": ["eval", "a^2", "--a", "0:9:0.01", "--format", "csv"],
    "certain": ["eval", "sin(a)", "--a", "2", "--certain", "3000"],
    "audit": ["eval", "a - sin(a)", "--a", "0.001", "--audit"],
    "enclose": ["eval", "a^2 - a", "--a", "0:3", "--enclose"],
    "heat": ["plot", "x*y", "--x", "0:6", "--y", "0:6"],
    "mc": ["uncertainty", "a*b", "--a", "2±0.1", "--b", "3±1", "--mc", "1000"],
    "command": ["check", "a", "--command", "sh -c 'echo {a}'", "--a", "2"],
    "train": ["minimize", "(w*x - y)^2", "t.csv", "--steps", "20"],
    "columns": ["map", "x*y", "t.csv", "--engine", "columns"],
    "folder": ["map", "x*y*year", "in"],
    "list": ["map", "x*y", "--files-from", "list.txt", "--file-column", "file"],
    "reduce": ["map", "(w*x - y)^2", "t.csv", "--w", "2", "--reduce", "mean"],
    "head": ["map", "x*y", "t.csv", "--head", "5"],
    "record": ["map", "x*y", "bad.csv", "--on-error", "record"],
    "chapter": ["help", "limits", "--no-pager"],
    "one": ["functions", "lgamma", "--no-pager"],
    "all examples": ["examples"],
    "usage": ["map", "--help"],
}
FILES = {  # commands that write a file, and its name
    "graph": ("o.svg", ["graph", "a*b", "--a", "2", "--b", "3", "--format", "dot", "-o", "o.svg"]),
    "plot": ("o.svg", ["plot", "sin(x)", "--x", "0:6", "-o", "o.svg"]),
    "page": ("o.html", ["page", "a*b", "--a", "2", "--b", "3", "-o", "o.html"]),
    "fit": ("o.csv", [*CALLS["fit"], "-o", "o.csv"]),
    "minimize": ("o.csv", [*CALLS["minimize"], "--trace", "o.csv"]),
    "map": ("o.csv", [*CALLS["map"], "-o", "o.csv"]),
    "reduce": ("o.csv", [*MORE["reduce"], "-o", "o.csv"]),
    "packed": ("o.jsonl.gz", [*CALLS["map"], "-o", "o.jsonl.gz"]),
    "parquet": ("o.parquet", [*CALLS["map"], "-o", "o.parquet"]),
    "folder": ("o.csv", [*CALLS["map"], "-o", "out/", "--overwrite"]),
}
WORD = {"map": "--to", "diff": "--to"}  # the option of the format


def write_files(folder):
    """The files that the calls read."""
    rows = "".join(f"{i},{2 * i + i % 3}\n" for i in range(9))
    (folder / "t.csv").write_text("x,y\n" + rows)
    (folder / "bad.csv").write_text("x,y\n" + rows + "1,z\n")
    (folder / "lines.mg").write_text("a^2\nsin(a)\n" * 100)
    (folder / "list.txt").write_text("t.csv\nt.csv\n")
    for year in ("2025", "2026"):
        (folder / "in" / f"year={year}").mkdir(parents=True)
        (folder / "in" / f"year={year}" / "t.csv").write_text("x,y\n" + rows)


def formats(name):
    """The formats of a command, and the option that asks for one."""
    word = WORD.get(name, "--format")
    command = mgrad.get_command(click.Context(mgrad), name)
    for option in command.params:
        if word in option.opts:
            yield from ([word, each] for each in option.type.choices)


def every_call():
    """Each call by a name of its own."""
    for name in COMMANDS:
        yield name, CALLS[name]
        yield from ((f"{name} {each[1]}", [*CALLS[name], *each]) for each in formats(name))
    yield from ((name, call) for name, call in {**CALLS, **MORE}.items() if name not in COMMANDS)
