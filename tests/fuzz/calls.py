"""Calls of mgrad: a command, a program, bindings, options of the command, and the files it reads.

Most of a call is sound, so that it goes deep; some of it is odd. A number draws it: the same each time.
"""

import functools
from random import Random
from typing import NamedTuple

import click
from data import answer, csv, header, params, table, toml
from programs import MODELS, SCALARS, as_bytes, program, scalar, spoilt

from micrograd_cli.commands import COMMANDS, mgrad
from micrograd_cli.errors import MgradError
from micrograd_cli.language.reading import parse


class Call(NamedTuple):
    """The arguments, the files of the folder it is run in, and what standard input holds."""

    args: tuple[str, ...]
    files: dict[str, bytes]
    stdin: bytes


ON_PROGRAMS = [name for name, entry in COMMANDS.items() if entry.group not in ("Learn", "Set up")]
ON_TABLES = ["map", "fit", "minimize"]
SPECIAL = {"--overwrite", "--skip-existing", "--files-from", "--delimiter", "--columns", "--no-header", "--decimal",
           "--na", "--from", "--bind", "--max-nodes", "--loss-scale", "--absolute-sigma", "--rate", "--path",
           "--band", "--points", "--expand", "--file-column", "--prefix", "--certain", "--max-bits"}  # fmt: skip
OUTSIDE = {
    "--command",
    "--let",
    "--cluster",
    "--storage-option",
    "--help",
    "--file",
}  # given apart, or not at all
TABLES = ["t.csv", "t.csv", "t.csv", "t.tsv", "t.jsonl", "t.jsonl", "t.parquet", "t.arrow", "t.csv.gz",
          "t.jsonl.zst", "t.csv.zst"]  # fmt: skip
OUTPUTS = ["out.csv", "out.tsv", "out.json", "out.jsonl", "out.svg", "out.html", "out.parquet", "out.arrow",
           "out.jsonl.zst", "out.csv.gz", "-", "out", "", ".", "missing/out.csv", "t.csv"]  # fmt: skip
NAMES = [
    *SCALARS[:7],
    "v",
    "W",
    "u",
    "v[0]",
    "W[1,0]",
    "v[9]",
    "a,b",
    "a,a",
    "",
    ",",
    "zz",
    "0",
    "y",
]
ODD = [
    "", "0", "1", "-1", "2", "3", "1e9", "-1e400", "1e400", "nan", "inf", "-inf", "x", "0:1", "1:0", "0:3:5",
    "0:1:0", "0:inf", "nan:1", ":", "1,2,3", "[1,2,3]", "[[1,2],[3,4]]", "[[1,2],[3]]", "[", "[]", "[[]]",
    "[1,[2]]", '["a"]', "2.0±0.1", "2±-1", "2±nan", "2±1e400", "inf±1", "2.0(1)", "2(", "±", "pi/4", "a=1",
    "a=1,b=2", "v[0]=1", "a=", "=", "a=0:1", "a,b=0.5", "a,a=2", "x=uniform", "80x24", "0x0", "-1x5",
    "1e9x1", "@p.json", "@t.csv", "@missing", "@", "@.", "t.csv:a,b", "t.csv:zz", "t.csv:a,b,x", "1e-400",
    "2²", "٣", "２", "9" * 400, "0.1%", "5%", "1/0", "sin", "sin(", "95", "0.95", "1.5", "utf-8", "gauss",
    "a:1,2", "log:1:100", "0..3", "1:2,3:4", "range(3)", "linspace(0,1,5)", "f,grad", "x,y", "-0", "5e-324",
    "0x1p-1074", "0x1.8p3", "-0x0p0", "1e-320:1e-310", "-1e308:1e308", "0:5e-324", "0:1e308:1e303", "\0",
    "2.0±5%", "2±1@95%", "2±1@100%", "2±1 k=0", "(2±1)e400", "(2±1)e-3", "0±0", "1e308±1e308", "\ud800",
]  # fmt: skip
VALUES = ["2", "3", "0.5", "0", "-1", "1.25", "pi/4", "1e-3", "7"]
EXTREMES = ["1e300", "-1e300", "1e-300", "5e-324", "-0", "inf", "-inf", "nan", "1e400", "0x1p-1074", "-5e-324",
            "1.7976931348623157e308", "0.1", "1e22", "9007199254740993", "-1e-310"]  # fmt: skip
RANGES = {
    "plot": [*["0:3", "-1:1", "1e-3:1e3", "-5:5", "1:2"] * 4, "0:0", "0:1e308", "-1e308:1e308", "1:1.0000000000000002", "0:5e-324",
             "1e15:1000000000000001", "-5:5"],
    "eval": ["0:3", "1,2,3", "0:1:0.25", "-1:1", "0:1e308", "1e-320:1e-310", "0:0"],
    "uncertainty": ["2.0±0.1", "2.0(1)", "0±1", "1e300±1e299", "1±1e-300", "2±5%", "2±1@95%", "3±0"],
    "check": ["0:1", "-1:1", "1,2", "1e-300:1e300", "0:0", "-1e308:1e308"],
    "minimize": ["0:1", "-1:1", "0:5", "0:", ":1", "0:1e308", "1:1"],
    "page": ["0:3", "-1e308:1e308", "0:5e-324", "0:0", "-1:1"],
}  # fmt: skip
GOOD = {
    "--wrt": ["NAME", "NAME", "NAME,NAME"], "--over": ["NAME"], "--only": ["NAME"], "--fix": ["NAME"],
    "--expand": ["f", "NAME"], "--print": ["value", "grad.NAME", "data.NAME"], "--let": ["pi=3"],
    "--output": OUTPUTS, "--trace": ["out.csv", "out.csv", *OUTPUTS], "--params": ["p.json", "p.toml"], "--resume": ["p.json"],
    "--expect-file": ["p.json"], "--cov": ["p.json", "u.csv"], "--max-nodes": ["5", "100", "1000000"],
    "--certain": ["1", "5", "20", "100"], "--max-bits": ["64", "2000"], "--rtol": ["1e-3", "0", "1e-9", "inf"],
    "--atol": ["0", "1e-3", "1e-300"], "--digits": ["1", "3", "17", "50"], "--depth": ["1", "3"],
    "--title": ["a title", "<&>", "é\n\"", "\x1b[31m", "\u202e"], "--y": ["0:1", "-1:1", "0:0", "-1e308:1e308"],
    "--max-points": ["10", "300"], "--with": ["f", "d", "f,d", "f,d_NAME"],
    "--tangent": ["1", "0,1", "nan"], "--points": ["u.csv:NAME,y", "u.csv:y,y"], "--band": ["u.csv:y,y,y"],
    "--path": ["u.csv"], "--log": ["x", "y", "x,y"], "--size": ["40x10", "80x24", "10x3", "1x1", "500x200"],
    "--samples": ["1", "3", "20"], "--seed": ["0", "7", "-1"], "--claim": ["NAME=EXPR"],
    "--expect": ["NAME=1", "value=2", "grad.NAME=0"], "--same-as": ["EXPR"], "--jobs": ["1", "4"],
    "--timeout": ["1"], "--order": ["0", "1", "2", "3"], "--vector": ["NAME=1", "NAME=inf"],
    "--corr": ["NAME,NAME=0.5", "NAME,NAME=-1", "NAME,NAME=1.1"], "--df": ["NAME=4", "NAME=0"],
    "--dist": ["NAME=uniform", "NAME=triangular", "NAME=arcsine"], "--coverage": ["0.95", "95%", "1"],
    "--mc": ["100", "1000", "1e3"], "--target": ["y", "EXPR", "y*2"], "--sigma": ["0.1", "y", "EXPR", "0"],
    "--where": ["y > 0", "EXPR", "0", "1"], "--start": ["NAME=1", "NAME=0:1", "NAME=nan"], "--starts": ["2", "5"],
    "--loss-scale": ["1", "1e-300", "1e300"], "--max-evaluations": ["1", "20"], "--bind": ["v=y,y,y", "NAME=y"],
    "--delimiter": [",", ";", "|", "\t", " "], "--na": ["x", "", "nan"], "--columns": ["NAME,y", "a,b,x,y,note"],
    "--prefix": ["p_", "", "=", "é"], "--file-column": ["file", "y"], "--files-from": ["l.txt"],
    "--equals": ["1", "0", "1e300"], "--steps": ["1", "5", "50"], "--rate": ["0.1", "1e-300", "1e300"],
    "--batch": ["1", "3"], "--head": ["1", "5"],
}  # fmt: skip
TAKES_RANGES = {"plot": 0.7, "uncertainty": 0.7, "check": 0.3, "minimize": 0.3, "page": 0.5}
ENDINGS = {
    "map": ["csv", "tsv", "jsonl", "parquet", "arrow", "csv.gz", "jsonl.zst"], "graph": ["svg", "dot"],
    "plot": ["svg", "csv", "json", "tsv"], "page": ["html"],
}  # fmt: skip
OTHER_ENDINGS = ["json", "csv", "txt"]


@functools.cache
def options_of(name):
    """The options of a command that calls choose among."""
    command = mgrad.get_command(click.Context(mgrad), name)
    return [o for o in command.params if isinstance(o, click.Option) and not OUTSIDE & set(o.opts)]


def words(r, command, option, names):
    """The words of one option: mostly a value that it takes."""
    flag = max(option.opts, key=len)
    if option.is_flag:
        return [flag]
    if r.random() < 0.04:
        return [flag, r.choice(ODD)]
    if isinstance(option.type, click.Choice):
        return [flag, str(r.choice(list(option.type.choices)))]
    found = r.choice(GOOD.get(flag, ODD))
    if flag == "--output" and r.random() < 0.8:
        found = "out." + r.choice(ENDINGS.get(command, OTHER_ENDINGS))
    while "NAME" in found:
        found = found.replace("NAME", r.choice(names or ["a"]), 1)
    if "EXPR" in found:
        found = found.replace("EXPR", spoilt(r, scalar(r, 2, names or ["a"]), 1))
    return [flag, found]


def inputs_of(text):
    """The inputs of a program and the shapes of those that are arrays; None where it is wrong."""
    try:
        found = parse(text, max_nodes=20_000)
    except MgradError:
        return None
    return {name: found.arrays.get(name, ()) for name in found.input_names()}


def bound(r, command, shape):
    """The text of a value for an input of a shape."""
    if shape:
        return str(nested_values(r, shape)).replace("'", "")
    chance = r.random()
    if chance < 0.01:
        return r.choice(ODD)
    if chance < TAKES_RANGES.get(command, 0):
        return r.choice(RANGES[command])
    return r.choice(VALUES) if chance < 0.85 else r.choice(EXTREMES)


def nested_values(r, shape):
    if not shape:
        return r.choice(VALUES) if r.random() < 0.9 else r.choice(EXTREMES)
    return [nested_values(r, shape[1:]) for _ in range(shape[0])]


def bindings(r, command, inputs, columns):
    """A binding for nearly every input that is no column."""
    found = []
    if command == "diff":
        return found
    ranges = 0
    columns = {*columns, *(name.partition("[")[0] for name in columns)}
    for name, shape in inputs.items():
        if name in columns or r.random() < 0.01:
            continue
        if command == "plot" and not shape:
            found.append(f"--{name.strip('`')}={r.choice(VALUES if ranges else RANGES[command])}")
            ranges += r.random() < 0.8
            continue
        if command in ("fit", "minimize") and r.random() < 0.9:
            start = bound(r, "minimize", shape)
            found += ["--start", f"{name}={start}"] if command == "fit" or r.random() < 0.4 else []
            continue
        found.append(f"--{name.strip('`')}={bound(r, command, shape)}")
    if r.random() < 0.02:
        found.append(f"--{r.choice(NAMES)}={r.choice(ODD)}")
    return found


def table_of(r, command, inputs):
    """The table of a call, the columns that it binds, and the words that name it."""
    names = list(inputs)
    taken = names
    if command != "map" and names:  # the others are parameters
        taken = r.sample(names, r.randint(min(1, len(names) - 1), len(names) - 1))
        taken = ["x", *taken] if "x" in names[1:] and "x" not in taken else taken
    columns = header(r, {name: inputs[name] for name in taken})
    name = r.choice(TABLES)
    place = [name]
    if r.random() < 0.04:
        place = r.choice(
            [[], ["-"], [name, "u.csv"], ["missing.csv"], ["*.csv"], ["."], ["u.csv", "u.csv"]]
        )
    if name.count(".") == 1 and r.random() < 0.05:
        place += ["--from", r.choice(["csv", "tsv", "jsonl", "parquet", "arrow"])]
    return name, columns, place


def call(seed, names=tuple(COMMANDS)):
    """The call that a number draws, of one of the commands `names`."""
    r = Random(seed)
    name = r.choice(names)
    if name not in ON_PROGRAMS and r.random() < 0.8:
        name = r.choice([each for each in names if each in ON_PROGRAMS] or names)
    if name not in ON_PROGRAMS:
        options = [word for o in draw_options(r, name) for word in words(r, name, o, [])]
        words_ = [
            r.choice([*ODD, *COMMANDS, "sin", "limits", "neuron"]) for _ in range(r.randrange(3))
        ]
        return Call(tuple(map(possible, (name, *words_, *options))), {}, b"")
    text = program(r, MODELS if name == "fit" else (), name in ("fit", "minimize"))
    inputs = inputs_of(text) or {}
    files, columns, place, stdin = {}, [], [], b""
    if name in ON_TABLES and (name != "minimize" or r.random() < 0.4):
        file, columns, place = table_of(r, name, inputs)
        files[file] = table(r, file, columns)
        if name == "map" and r.random() < 0.3:
            place += ["--engine", r.choice(["rows", "columns"])]
        if name == "fit" and r.random() < 0.97:
            place += ["--target", r.choice(["y", "y", "y", "2*y"])]
        if "-" in place:
            stdin = files[file]
    how = r.choice(["argument"] * 8 + ["file", "stdin"])
    if how == "stdin" and place and r.random() < 0.95:
        how = "argument"
    files["m.mg"] = as_bytes(r, text, 0.02)
    front = {"argument": [text], "file": ["-f", "m.mg"], "stdin": ["-"]}[how]
    stdin = files["m.mg"] if how == "stdin" else stdin
    found = [word for o in draw_options(r, name) for word in words(r, name, o, list(inputs))]
    if name == "check" and r.random() < 0.06:
        files["answer"] = answer(r)
        tail = " ".join(f"{{{each}}}" for each in inputs) or "{a}"
        found += ["--command", r.choice(["head -c 2000000 answer - {}", "cat answer {}", "echo {}"]).format(tail)
                  if r.random() < 0.5 else f"sh -c 'cat answer' {tail}", "--jobs", "2", "--samples", "2"]  # fmt: skip
    bound_ = bindings(r, name, inputs, columns if name in ON_TABLES else [])
    pieces = [*place, *found, *bound_]
    args = tuple(possible(word) for word in (name, *front, *pieces))
    return Call(args, {**files, **named_files(r, args, inputs)}, stdin)


def possible(word):
    """A word that a process can be given: bytes that are no UTF-8 come as surrogates, NUL never."""
    return word.replace("\0", "").replace("\ud800", "\udcff")


def draw_options(r, name):
    """Some options of a command, mostly few."""
    options = [o for o in options_of(name) if not SPECIAL & set(o.opts) or r.random() < 0.1]
    return r.sample(options, min(len(options), r.choice([0, 0, 1, 1, 1, 2, 2, 3, 5])))


def named_files(r, args, inputs):
    """The further files that arguments speak of."""
    every, found = " ".join(args), {}
    if "p.json" in every:
        found["p.json"] = as_bytes(r, params(r, inputs))
    if "p.toml" in every:
        found["p.toml"] = as_bytes(r, toml(r, inputs))
    if "u.csv" in every or "*.csv" in every:
        found["u.csv"] = csv(r, header(r, inputs), 5, r.choice([0, 0, 0.2])).encode(
            "utf-8", "surrogatepass"
        )
    if "l.txt" in every:
        found["l.txt"] = as_bytes(r, r.choice(["t.csv\n", "u.csv\nmissing.csv\n", "", "\0\n"]))
    return found
