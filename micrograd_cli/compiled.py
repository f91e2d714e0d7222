"""`compile`: a program as one function of columns, which is what `mgrad map` runs.

The rules of the table and the engine's loops run once, on symbols (see `algebra/tape.py`). What
they leave is replayed row by row, as a straight Python function of floats, or block by block on
NumPy arrays.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from math import prod
from typing import Any

from micrograd_cli.errors import UsageError, suggestion
from micrograd_cli.language.arrays import Shape, elements
from micrograd_cli.language.block_values import by_element, flat, plain
from micrograd_cli.language.program import Program
from micrograd_cli.language.reading import parse
from micrograd_cli.tape.instructions import Tape
from micrograd_cli.tape.python_code import scalar_function
from micrograd_cli.tape.tracing import Result, trace


def compile(
    program: str | Program,
    wrt: Iterable[str] | None = None,
    numbers: Mapping[str, float] | None = None,
) -> Compiled:
    """A program as a function of columns.

    `wrt` are the inputs to differentiate by (all of them if None, none for values alone) and
    `numbers` the inputs that are the same in every row. Raises ProgramError for a wrong program,
    UsageError for a name that is no input.

    >>> f = compile("tanh(a*b + c)", wrt=["a"])
    >>> f({"a": [1.0, 2.0], "b": [0.0, 1.0], "c": [0.0, -2.0]})
    {'value': [0.0, 0.0], 'd_a': [0.0, 1.0]}
    """
    program = program if isinstance(program, Program) else parse(program, numbers or ())
    given = by_element(program.arrays, numbers or {})
    return Compiled(
        program, by_elements(program, wrt), {name: float(x) for name, x in given.items()}
    )


def by_elements(program: Program, names: Iterable[str] | None) -> tuple[str, ...] | None:
    """The names with an array's as those of its elements."""
    if names is None:
        return None
    return tuple(
        each for name in names for each in elements(name, program.arrays.get(name, ()))
    )  # fmt: skip


class Compiled:
    """A function from columns to columns; it can be pickled.

    `inputs` are the columns that it must be given, `defaults` those that it may be given, and
    `results` what it gives: `value`, `d_a`, `d_b` … of one output without a name; `price`,
    `d_price_a` … of outputs with names; `o1`, `d_o1_a` … of several without. Inputs that are
    `uncertain` have a column `u_a` too, and then the outputs have one: `u_value`, `u_price`.
    """

    of_arrays = True  # whether columns may be computed on whole arrays, past the tape of scalars

    def __init__(
        self,
        program: Program,
        wrt: tuple[str, ...] | None,
        numbers: Mapping[str, float],
        uncertain: tuple[str, ...] = (),
    ) -> None:
        self.arguments = (
            program.text, tuple(program.inputs), wrt, dict(numbers), uncertain, dict(program.sizes),
            dict(program.arrays),
        )  # fmt: skip
        names = list(program.inputs)
        for name in (*(wrt or ()), *numbers):
            if name not in program.inputs:
                hint = suggestion(name, names)
                raise UsageError(f"'{name}' is not an input of the program", hint=hint)
        self.program = program
        self.wrt = names if wrt is None else [name for name in names if name in wrt]
        self.numbers = numbers
        self.uncertain = uncertain
        self.inputs = [name for name in names if name not in numbers]
        self.inputs += [f"u_{name}" for name in uncertain]
        self.results = result_names(program, self.wrt, bool(uncertain))

    def __reduce__(self) -> tuple[Any, ...]:
        return compiled_again, self.arguments

    def __call__(self, columns: Mapping[str, Any] | None = None, /, **more: Any) -> dict[str, Any]:
        """The result columns, by name, of columns by name; a number is a constant column.

        `columns` is a dict, or anything that gives columns by name, such as a DataFrame. Columns
        are NumPy arrays or what `numpy.asarray` takes, and so are the results; where they are all
        lists or tuples, so are the results, and NumPy is not needed. Raises UsageError for a
        missing column, ValueError for columns of different lengths.
        """
        given = self.columns_of(columns, more)
        sequences = [column for column in given if not isinstance(column, int | float)]
        if all(isinstance(column, list | tuple) for column in sequences):
            lengths = {len(column) for column in sequences}
            if len(lengths) > 1:
                raise ValueError(f"the columns have different lengths: {sorted(lengths)}")
            length = lengths.pop() if lengths else 1
            full = [[c] * length if isinstance(c, int | float) else c for c in given]
            rows = [self.row(*map(float, x)) for x in zip(*full, strict=True)] if full else [
                self.row()
            ]  # fmt: skip
            found: Iterable[Any] = zip(*rows, strict=True) if rows else [()] * len(self.results)
            return dict(zip(self.result_columns, map(list, found), strict=True))
        arrays = self.kernel(given)
        return dict(zip(self.result_columns, arrays, strict=True))

    def columns_of(self, columns: Any, more: Mapping[str, Any]) -> list[Any]:
        found = []
        columns = {} if columns is None else self.by_element(columns)
        more = self.by_element(more)
        for name in self.inputs:
            if name in more:
                found.append(more[name])
            elif name in columns:
                found.append(columns[name])
            elif name in self.program.defaults:
                found.append(self.program.defaults[name])
            else:
                raise UsageError(f"missing input '{name}'", hint=f"give a column {name}")
        return found

    def by_element(self, columns: Mapping[str, Any]) -> Mapping[str, Any]:
        """The columns with those of arrays by element: of the axes of an array the first is the
        rows', so that `x` of shape (rows, 3) is `x[0]`, `x[1]` and `x[2]`.
        """
        arrays = {name: shape for name, shape in self.program.arrays.items() if name in columns}
        if not arrays:
            return columns
        found = dict(columns)
        for name, shape in arrays.items():
            column = columns[name]
            if getattr(column, "shape", ())[1:] == shape:  # of NumPy, and so are the parts
                parts = list(column.reshape(len(column), prod(shape)).T)
            else:
                rows = [list(flat(row)) for row in plain(column)]
                if any(len(row) != prod(shape) for row in rows):
                    raise ValueError(f"each row of '{name}' has shape {shape}")
                parts = list(map(list, zip(*rows, strict=True)))
            found |= zip(elements(name, shape), parts, strict=True)
        return found

    @property
    def result_columns(self) -> list[str]:
        return [result.name for result in self.results]

    @property
    def schema(self) -> dict[str, type[float]]:
        """The type of each result column, as pandas, Dask and Polars take it: a double."""
        return dict.fromkeys(self.result_columns, float)

    @cached_property
    def tape(self) -> tuple[Tape, list[int]]:
        """The calculation, and which of its instructions give the results."""
        return trace(self.program, self.results, self.numbers, self.uncertain)

    @cached_property
    def row(self) -> Callable[..., tuple[float, ...]]:
        """The function of one row: a float for each of `inputs`, a float for each of `results`."""
        return scalar_function(*self.tape, self.inputs)

    @cached_property
    def kernel(self) -> Callable[[Sequence[Any]], list[Any]]:
        """The function of arrays: one (or a number) for each input, an array for each result."""
        from micrograd_cli.tape.kernel import make_kernel
        from micrograd_cli.tape.row_function import RowFunction, pays
        from micrograd_cli.tape.threads import cores

        if self.of_arrays and pays(self.program, len(self.results)):
            return RowFunction(
                self.program, self.results, self.numbers, self.uncertain, self.inputs, cores()
            )
        return make_kernel(*self.tape, self.inputs, cores())


def compiled_again(
    text: str,
    inputs: tuple[str, ...],
    wrt: tuple[str, ...] | None,
    numbers: dict[str, float],
    uncertain: tuple[str, ...],
    sizes: dict[str, float],
    arrays: dict[str, Shape],
) -> Compiled:
    """What pickle calls: nodes are many, the text is short."""
    return Compiled(parse(text, inputs, sys.maxsize, sizes, arrays), wrt, numbers, uncertain)


def output_names(program: Program) -> list[str]:
    """The names of outputs in columns: assigned, or numbers as o1; of the only one, nothing."""
    several = len(program.outputs) > 1
    return [output.name or (f"o{index}" if several else "")
            for index, output in enumerate(program.outputs, 1)]  # fmt: skip


def result_names(program: Program, wrt: Sequence[str], uncertain: bool = False) -> list[Result]:
    found: list[Result] = []
    for index, name in enumerate(output_names(program)):
        found.append(Result(name or "value", index, None))
        found += [Result("_".join(filter(None, ("d", name, by))), index, by) for by in wrt]
        if uncertain:
            found.append(Result(f"u_{name or 'value'}", index, None, uncertainty=True))
    names = [result.name for result in found]
    for name in names:
        if names.count(name) > 1:
            raise UsageError(f"two results would be called '{name}'", hint="rename an output")
    return found
