"""Programs on frames of Polars: importing this gives them `mgrad`.

>>> import polars as pl
>>> import micrograd_cli.polars
>>> pl.DataFrame({"a": [1.0, 2.0]}).mgrad("a^2").to_dict(as_series=False)
{'a': [1.0, 2.0], 'value': [1.0, 4.0], 'd_a': [2.0, 4.0]}
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from micrograd_cli.compiled import Compiled, compile
from micrograd_cli.errors import UsageError, suggestion
from micrograd_cli.language.program import Program

Frame = Any  # a DataFrame or a LazyFrame
RESULTS = "mgrad_results"  # the struct of all results, for a moment


def expression(function: Compiled) -> pl.Expr:
    """What a program gives, as a struct of its results: `frame.select(expression(f)).unnest(...)`.

    Rows in which an input is null have nulls.
    """

    def compute(given: pl.Series) -> pl.Series:
        columns = [given.struct.field(name).cast(pl.Float64) for name in function.inputs]
        arrays = function.kernel([column.fill_null(float("nan")).to_numpy() for column in columns])
        found = pl.DataFrame(dict(zip(function.result_columns, arrays, strict=True)))
        missing = pl.any_horizontal(*[pl.lit(column.is_null()) for column in columns])
        if any(column.null_count() for column in columns):
            found = found.select(pl.when(~missing).then(pl.all()))
        return found.to_struct(given.name)

    types = pl.Struct(dict.fromkeys(function.result_columns, pl.Float64))
    return pl.struct(function.inputs).map_batches(compute, return_dtype=types)


@pl.api.register_dataframe_namespace("mgrad")
@pl.api.register_lazyframe_namespace("mgrad")
class MgradNamespace:
    """`frame.mgrad("tanh(a*b + c)")`: the frame with the results as columns behind its own."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame

    def __call__(
        self,
        program: str | Program,
        wrt: Iterable[str] | None = None,
        numbers: Mapping[str, float] | None = None,
    ) -> Frame:
        """As `micrograd_cli.compile` takes them. Raises MgradError."""
        wrt = None if wrt is None else list(wrt)
        columns = self.frame.collect_schema().names()
        function = compile(program, wrt, numbers)
        defaults = {name: x for name, x in function.program.defaults.items() if name not in columns}
        missing = next((name for name in function.inputs if name not in [*columns, *defaults]), "")
        if missing:
            raise UsageError(f"the frame has no column '{missing}'",
                             hint=suggestion(missing, columns))  # fmt: skip
        function = compile(function.program, wrt, {**defaults, **function.numbers})
        clash = next((name for name in function.result_columns if name in columns), "")
        if clash:
            raise UsageError(f"the frame has a column '{clash}' already",
                             hint="rename it, or name the output in the program")  # fmt: skip
        return self.frame.with_columns(expression(function).alias(RESULTS)).unnest(RESULTS)
