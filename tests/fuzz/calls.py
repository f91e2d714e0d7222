"""Calls of mgrad: a command, a program, bindings, options of the command, and the files it reads."""

import functools
import json
import re
from typing import NamedTuple

import click
from hypothesis import strategies as st
from programs import ATOMS, EXPRESSIONS, PROGRAMS, SCALARS, SOUND_PROGRAMS, as_bytes, spoilt

from micrograd_cli.commands import COMMANDS, mgrad


class Call(NamedTuple):
    """The arguments, the files of the folder it is run in, and what standard input holds."""

    args: tuple[str, ...]
    files: dict[str, bytes]
    stdin: bytes


ON_PROGRAMS = [name for name, entry in COMMANDS.items() if entry.group not in ("Learn", "Set up")]
OUTSIDE = {"--command", "--cluster", "--storage-option", "--help"}  # other programs, other machines
OUTPUTS = ["out.csv", "out.json", "out.svg", "out.html", "out.parquet", "out.arrow", "out", "", ".",
           "missing/out.csv", "out.jsonl.zst", "out.csv.gz", "-"]  # fmt: skip
TABLES = ["t.csv", "t.jsonl", "u.csv", "missing.csv", "-", "*.csv", "p.json", "t.csv.gz", "."]
NAMES = [*SCALARS[:7], "v", "W", "u", "v[0]", "W[1,0]", "v[9]", "a,b", "a,a", "", ",", "zz", "0"]
ODD = st.one_of(
    st.sampled_from([
        "", "0", "1", "-1", "2", "3", "1e9", "-1e400", "nan", "inf", "x", "0:1", "1:0", "0:3:5", "0:1:0",
        "0:inf", "nan:1", ":", "1,2,3", "[1,2,3]", "[[1,2],[3,4]]", "[[1,2],[3]]", "[", "[]", "[[]]",
        "[1,[2]]", '["a"]', "2.0±0.1", "2±-1", "2.0(1)", "2(", "±", "pi/4", "a=1", "a=1,b=2", "v[0]=1",
        "a=", "=", "a=0:1", "a,b=0.5", "a,a=2", "x=uniform", "80x24", "0x0", "-1x5", "1e9x1", "@p.json",
        "@t.csv", "@missing", "@", "@.", "t.csv:a,b", "t.csv:zz", "t.csv:a,b,x", "1e-400", "2²", "٣",
        "9" * 400, "0.1%", "5%", "1/0", "sin", "sin(", "95", "0.95", "1.5", "utf-8", "gauss", "a:1,2",
        "log:1:100", "0..3", "1:2,3:4", "range(3)", "linspace(0,1,5)", "f,grad", "x,y",
    ]),
    st.sampled_from(NAMES), st.sampled_from(TABLES), ATOMS,
)  # fmt: skip

JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.sampled_from(["1", "a", "", "inf"]),
              st.just(10**30)),
    lambda part: st.one_of(st.lists(part, max_size=3), st.dictionaries(st.sampled_from(NAMES), part, max_size=3)),
    max_leaves=8,
)  # fmt: skip
PARAMS = st.one_of(
    JSON.map(json.dumps),
    st.dictionaries(st.sampled_from(NAMES), JSON, max_size=5).map(json.dumps),
    st.sampled_from([
        '{"params": {"a": 2, "b": 3}}', '{"params": {"a": null}}', '{"params": [1]}', '{"a": 1, "a": 2}',
        '{"v": [1, 2, 3], "W": [[1, 2, 3], [4, 5, 6]]}', '{"v": [1, [2]]}', '{"params": 3}', "[" * 5000, "",
        '{"a": 1e999}', '{"a": "1/0"}', '{"a": {"b": 1}}', '{"v": []}', '{"v": {"0": 1}}', "null", "a = 1",
    ]),
)  # fmt: skip
CELLS = st.one_of(st.sampled_from(["1", "2.5", "-3", "0", "4", "7"]),
                  st.sampled_from(["1", "", "nan", "x", "1e999", "1,5", '"1"', '"', '"a"b', " 2 ", "[1,2]"]))  # fmt: skip


@st.composite
def tables(draw):
    """A table of CSV: mostly sound; its header may hold names twice, elements, or nothing."""
    header = draw(st.lists(st.sampled_from(["a", "b", "x", "y", "v[0]", "v[1]", "v[2]", "", "value", "`t [s]`"]),
                           min_size=1, max_size=5))  # fmt: skip
    width = draw(st.sampled_from([len(header)] * 5 + [len(header) + 1, 1]))
    rows = draw(st.lists(st.lists(CELLS, min_size=width, max_size=width), max_size=8))
    quoted = (f'"{name}"' if "," in name else name for name in header)
    return draw(st.sampled_from(["\n", "\n", "\r\n", "\r"])).join(
        [",".join(quoted), *(",".join(row) for row in rows)]
    )


POINTS = "x,y\n0,1.1\n1,1.9\n2,3.2\n3,3.9\n4,5.3\n5,5.9\n"  # a and b are then parameters
SOUND = "a,b,x,y\n1,2,0,1.1\n2,3,1,1.9\n3,5,2,3.2\n4,6,3,3.9\n5,9,4,5.3\n"
RECORDS = st.lists(
    st.one_of(
        st.fixed_dictionaries({"a": JSON, "b": st.integers(0, 9), "x": st.floats(-3, 3), "y": st.floats()}),
        st.fixed_dictionaries({"v": st.lists(st.floats(-3, 3), max_size=4)}), JSON,
    ), max_size=6,
).map(lambda records: "\n".join(map(json.dumps, records)))  # fmt: skip


@functools.cache
def options_of(name):
    """The options of a command, as strategies of the words that give one."""
    command = mgrad.get_command(click.Context(mgrad), name)
    given = [option for option in command.params if isinstance(option, click.Option)]
    return [st.just(("--help",)), *(words(o) for o in given if not OUTSIDE & set(o.opts))]


def words(option):
    """The words of one option: a value of its type, or an odd one."""
    flag = max(option.opts, key=len)
    if option.is_flag:
        return st.just((flag,))
    if isinstance(option.type, click.Choice):
        values = st.sampled_from([*map(str, option.type.choices)] * 3 + ["", "zz"])
    elif flag in ("--output", "--trace"):
        values = st.sampled_from(OUTPUTS)
    elif flag in ("--params", "--resume", "--expect-file", "--cov"):
        values = st.sampled_from(["p.json", "p.json", "p.toml", "t.csv", "missing.json", "."])
    elif isinstance(option.type, click.types.IntParamType | click.types.FloatParamType):
        values = st.sampled_from(["1", "2", "5", "0", "-1", "1e9", "x", "", "50", "9" * 30])
    elif flag in ("--wrt", "--over", "--only", "--fix", "--expand", "--print"):
        values = st.sampled_from([*NAMES, "value", "grad.a", "data.u", "grad.v", "grad.v[0]"])
    elif flag in ("--same-as", "--where", "--target", "--sigma", "--claim"):
        values = st.one_of(spoilt(EXPRESSIONS), st.sampled_from(["y", "a=b", "v=w"]), ODD)
    else:
        values = ODD
    return st.builds(lambda value: (flag, value), values)


BINDINGS = st.lists(
    st.builds(lambda name, value, style: (f"--{name}={value}",) if style else (f"--{name}", value),
              st.sampled_from(NAMES), ODD, st.booleans()), max_size=4,
).map(lambda found: [word for pair in found for word in pair])  # fmt: skip
VALUES = {
    **{name: ["2", "3", "0.5", "0", "-1", "1e300", "pi/4"] for name in SCALARS},
    "v": ["[1,2,3]"], "w": ["[4,5,6]", "[0,0,0]"], "W": ["[[1,2,3],[4,5,6]]"], "n": ["3"],
}  # fmt: skip
RANGES = {
    "plot": ["0:3", "-1:1", "1e-3:1e3", "0:0", "0:1e308"], "eval": ["0:3", "1,2,3", "0:1:5"],
    "uncertainty": ["2.0±0.1", "2.0(1)", "0±1"],
}  # fmt: skip


@st.composite
def sound_bindings(draw, command, program, header):
    """A binding for nearly every input of a program, now and then a range or an uncertain number."""
    found = []
    for name in dict.fromkeys(re.findall(r"`[^`]+`|[^\W\d]\w*", program)):
        assigned = re.search(rf"\b{re.escape(name)}\s*=", program)
        columns = command in ("fit", "map", "minimize") and name in header
        if (
            name not in VALUES
            or assigned
            or columns
            or draw(st.sampled_from([False] * 15 + [True]))
        ):
            continue
        values = VALUES[name]
        if command in RANGES and name in "abx" and (command != "eval" or draw(st.booleans())):
            values = RANGES[command]
        found.append(f"--{name.strip('`')}={draw(st.sampled_from(values))}")
    return found


@st.composite
def calls(draw, names=tuple(COMMANDS)):
    """Any call of one of the commands `names`."""
    name = draw(st.sampled_from(names))
    sound = draw(st.sampled_from([SOUND, POINTS] if name == "fit" else [SOUND]))
    header = sound.split()[0].split(",")
    files = {
        "p.json": draw(as_bytes(PARAMS)), "p.toml": draw(as_bytes(st.just("a = 1\n[v]\nb = 2\n"))),
        "t.csv": draw(as_bytes(st.one_of(st.just(sound), st.just(sound), tables()))),
        "u.csv": sound.encode(), "t.jsonl": draw(as_bytes(RECORDS)), "t.csv.gz": b"\x1f\x8b\x08\0rubbish",
    }  # fmt: skip
    program = draw(
        st.one_of(
            st.sampled_from(SOUND_PROGRAMS),
            spoilt(st.sampled_from(SOUND_PROGRAMS)),
            spoilt(PROGRAMS),
        )
    )
    found = [
        word
        for words in draw(
            st.lists(
                st.one_of(options_of(name)), max_size=draw(st.sampled_from([0, 0, 0, 1, 1, 2, 4]))
            )
        )
        for word in words
    ]
    if name not in ON_PROGRAMS:
        return Call((name, *draw(st.lists(ODD, max_size=2)), *found), files, b"")
    bindings = draw(st.one_of(BINDINGS, *[sound_bindings(name, program, header)] * 6))
    how = draw(st.sampled_from(["argument"] * 6 + ["file", "stdin"]))
    files["m.mg"] = draw(as_bytes(st.just(program)))
    place = {"argument": [program], "file": ["-f", "m.mg"], "stdin": ["-"]}[how]
    if name in ("map", "fit", "minimize"):
        one = [st.just([name]) for name in ("u.csv", "u.csv", "t.csv")]
        place += draw(st.one_of(*one, st.lists(st.sampled_from(["u.csv", *TABLES]), max_size=3)))
    stdin = files["m.mg"] if how == "stdin" else draw(st.sampled_from([b"", SOUND.encode()]))
    if name == "fit" and draw(st.sampled_from([True] * 9 + [False])):
        bindings = [*bindings, "--target", draw(st.sampled_from(["y", "y", "b", "a+y"]))]
    return Call((name, *place, *found, *bindings), files, stdin)
