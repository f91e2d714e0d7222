"""The files that calls read: tables of every format, parameters, and what a command prints."""

import gzip
import io
import json
from random import Random

from programs import SCALARS, as_bytes, spoilt_bytes

ODD_CELLS = [
    "", "nan", "-nan", "inf", "-Infinity", "x", "1e999", "-1e999", "1,5", '"1"', '"', '"a"b', " 2 ", "[1,2]",
    "-0", "5e-324", "1_000", "٣", "２", "1e", "0x10", "+1", "=1+1", "null", "None", "true", "\0", "1\t2",
    "é", "\u202e1", "9" * 400, "1e400", "1d5", "1 000", "−1", "½", "\r", "'1'",
]  # fmt: skip
ODD_JSON = [None, True, "1", "x", "", [], [1], {}, {"a": 1}, 10**30, -0.0, 1e308, [[1]], "nan", float("nan"),
            float("inf"), 10**400]  # fmt: skip
ENDS = ["\n", "\n", "\n", "\n", "\r\n", "\r"]


def number(r):
    """A finite number of a table."""
    if r.random() < 0.005:
        return r.choice([0.0, -0.0, 1e-300, 1e300, -1e300, 5e-324, 2**53 + 1, r.gauss(0, 1e9)])
    return r.choice([round(r.uniform(-5, 5), 3), round(r.uniform(0, 3), 2), r.randrange(9)])


def header(r, inputs):
    """Columns: the inputs that a table can bind, and some more."""
    found = []
    for name, shape in inputs.items():
        if shape == (3,):
            found += [f"{name}[{k}]" for k in range(3)]
        elif not shape:
            found.append(name)
    found += [name for name in ("y", "note") if name not in found]
    if r.random() < 0.1:
        found.append(r.choice([*found, "", "value", "d_a", "`t [s]`", "a b", "é"]))
    return found


def records(r, columns, rows, odd):
    """Rows of numbers; `odd` is the share of cells that are none."""
    return [
        {name: r.choice(ODD_JSON) if r.random() < odd else "text" if name == "note" else number(r)
         for name in columns}
        for _ in range(rows)
    ]  # fmt: skip


def csv(r, columns, rows, odd, delimiter=","):
    """A table of text, whose cells may be odd."""
    lines = [[f'"{name}"' if delimiter in name else name for name in columns]]
    for _ in range(rows):
        lines.append(
            [r.choice(ODD_CELLS) if r.random() < odd else repr(number(r)) for _ in columns]
        )
    if r.random() < odd and rows:
        lines[r.randrange(1, len(lines))].append("1")
    return r.choice(ENDS).join(map(delimiter.join, lines)) + r.choice(["", "\n"])


def jsonl(r, columns, rows, odd):
    found = records(r, columns, rows, odd)
    if odd and r.random() < 0.2:
        found.append(r.choice(ODD_JSON))
    return "\n".join(map(json.dumps, found)) + r.choice(["", "\n", "\n\n"])


def frame(r, columns, rows, odd, write):
    """A Parquet or Arrow file; columns may be of other types."""
    import polars

    table = {name: [number(r) for _ in range(rows)] for name in dict.fromkeys(columns)}
    for name in table:
        if r.random() < odd * 4:
            table[name] = r.choice([
                [None] * rows, ["x"] * rows, [[1.0, 2.0, 3.0]] * rows, [True] * rows, [{"a": 1}] * rows,
                [2**63 - 1] * rows, [b"\xff"] * rows, [float("nan")] * rows, [[1.0], []] * (rows // 2) + [[]] * (rows % 2),
            ])  # fmt: skip
    file = io.BytesIO()
    getattr(polars.DataFrame(table, strict=False), write)(file)
    return file.getvalue()


def table(r, name, columns):
    """The bytes of a table whose format its name tells."""
    rows = r.choice([0, 1, 2, 3, 5, 8, 8, 8, 8, 12, 20])
    odd = r.choice([0, 0, 0, 0.02, 0.3])
    kind = name.partition(".")[2]
    if kind in ("parquet", "arrow"):
        data = frame(
            r, columns, rows, odd, {"parquet": "write_parquet", "arrow": "write_ipc"}[kind]
        )
    else:
        text = jsonl(r, columns, rows, odd) if kind.startswith("jsonl") else csv(
            r, columns, rows, odd, "\t" if kind.startswith("tsv") else ",")  # fmt: skip
        data = text.encode("utf-8", "surrogatepass")
    if r.random() < 0.05:
        data = spoilt_bytes(r, data)
    if kind.endswith(".gz"):
        data = gzip.compress(data, 1)
    if kind.endswith(".zst"):
        import zstandard

        data = zstandard.compress(data, 1)
    return spoilt_bytes(r, data) if r.random() < 0.05 else data


def value(r, depth=2):
    """A value of JSON."""
    if depth <= 0 or r.random() < 0.6:
        return r.choice([*ODD_JSON, number(r), number(r), number(r)])
    if r.random() < 0.5:
        return [value(r, depth - 1) for _ in range(r.randrange(4))]
    return {
        r.choice([*SCALARS, "value", "u", "df", "params"]): value(r, depth - 1)
        for _ in range(r.randrange(4))
    }


def nested(r, shape):
    """Numbers in nested lists of a shape."""
    if not shape:
        return number(r)
    return [nested(r, shape[1:]) for _ in range(shape[0])]


ODD_PARAMS = [
    '{"params": {"a": 2, "b": 3}}', '{"params": {"a": null}}', '{"params": [1]}', '{"a": 1, "a": 2}',
    '{"v": [1, [2]]}', '{"params": 3}', "[" * 5000, "", '{"a": 1e999}', '{"a": "1/0"}', '{"a": {"b": 1}}',
    '{"v": []}', '{"v": {"0": 1}}', "null", "a = 1", '{"a": NaN}', '{"a": {"value": 1, "u": -1}}',
    '{"names": ["a", "b"], "matrix": [[1, 0.5], [0.5, 1]]}', '{"names": ["a"], "matrix": [[-1]]}',
    "a,b\n1,0.1\n0.1,1\n", '{"value": {"a": 1}}', '{"steps": 1, "params": {"a": 1}, "method": "adam"}',
]  # fmt: skip


def params(r, inputs):
    """A file of parameters: mostly those of the program."""
    chance = r.random()
    if chance < 0.6:
        return json.dumps({name: nested(r, shape) for name, shape in inputs.items()})
    if chance < 0.7:
        return json.dumps({name: {"value": number(r), "u": 0.1} for name in inputs})
    if chance < 0.8:
        found = {name: nested(r, shape) for name, shape in inputs.items()}
        return json.dumps({**found, r.choice(SCALARS): value(r)})
    return r.choice(ODD_PARAMS) if chance < 0.9 else json.dumps(value(r, 3))


def toml(r, inputs):
    lines = [
        f"{json.dumps(name)} = {json.dumps(nested(r, shape))}" for name, shape in inputs.items()
    ]
    return "\n".join(lines) + r.choice(
        ["", "", "\n[v]\nb = 2\n", "\n= 1", '\na = "x"', "\n[params]\na = nan\n"]
    )


ANSWERS = [
    "1", "1.5e3", " 2 \n", "", "nan", "-nan", "inf", "0x1p3", "1d5", "1 2", "x", "1e999", "٣", "\0", "9" * 400,
    '{"value": 1}', '{"value": 1, "grad": {"a": 2}}', '{"value": null, "grad": {"a": null}}', '{"value": "1"}',
    '{"value": 1, "grad": {"zz": 2}}', '{"value": 1, "grad": [1]}', '{"value": [1]}', "{", "[1]", "null",
    '{"value": NaN, "grad": {"a": Infinity}}', '{"grad": {}}', '{"value": 1e400}', "[" * 100_000, "{" * 3000,
    '{"value": 1, "grad": {"a": {"b": 1}}}', '{"value": ' + "[" * 100_000, "1\x1b[31m", '{"value": true}',
    "0x1p99999", "1e-999999999999999999", "1e999999999999999999", "-0", "1_0", "sNaN", "nan123", "0x.p", "+5",
]  # fmt: skip


def answer(r):
    """What a program of another language prints."""
    return as_bytes(r, r.choice(ANSWERS), 0.2)


def drawn(seed):
    """A source of chance for a seed."""
    return Random(seed)
