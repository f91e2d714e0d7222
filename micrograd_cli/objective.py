"""Sums over rows: a program's output added up over a table, and the gradient of the sum.

The graph of the program does not grow with the table, and neither does the memory: the rows are
taken block by block, arrays stay arrays (see `tape/lifting.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from micrograd_cli.engine import backward, forward
from micrograd_cli.errors import UsageError, suggestion
from micrograd_cli.language.arrays import elements
from micrograd_cli.language.block_values import by_element
from micrograd_cli.language.program import Program
from micrograd_cli.language.reading import parse

if TYPE_CHECKING:
    import numpy as np

    from micrograd_cli.tape.array_kernel import ArrayKernel
    from micrograd_cli.tape.lifting import Lifted


class Objective:
    """The sum of a program's output over rows, and its gradient, as a function of parameters.

    `columns` are the inputs that the rows have, an array by its name or by elements; `numbers` are
    inputs that stay as they are; the others are the `parameters`, listed by element in the order of
    the program: `a`, `W[0,0]`, `W[0,1]` … A point is a sequence of numbers in that order, and so is
    the gradient. For the mean divide both by the number of rows.

    >>> f = Objective("input a, b; (a*x + b - y)^2", columns=["x", "y"])
    >>> f.parameters
    ['a', 'b']
    >>> f([2.0, 1.0], {"x": [0.0, 1.0], "y": [1.0, 3.5]})
    (0.25, array([-1., -1.]))

    Calls are independent of one another: for a table in pieces add up the results of the pieces.
    For many calls on one table give them what `packed` makes of its columns.
    Raises UsageError for a name that is no input, and for a program of several outputs.
    """

    def __init__(
        self,
        program: Program | str,
        columns: Iterable[str],
        numbers: Mapping[str, Any] | None = None,
    ) -> None:
        program = parse(program, columns) if isinstance(program, str) else program
        self.program = program
        if len(program.outputs) != 1:
            raise UsageError(f"expected one output, got {len(program.outputs)}")
        self.columns = [each for name in columns for each in self.names_of(name)]
        given = by_element(program.arrays, numbers or {})
        for name in given:
            self.names_of(name)
        self.numbers = {name: float(x) for name, x in given.items()}
        fixed = {*self.columns, *self.numbers}
        self.parameters = [name for name in program.inputs if name not in fixed]

    def __reduce__(self) -> tuple[Any, ...]:
        return Objective, (self.program, self.columns, self.numbers)

    def names_of(self, name: str) -> list[str]:
        """An input by element. Raises UsageError for another name."""
        names = elements(name, self.program.arrays.get(name, ()))
        if names[0] not in self.program.inputs:
            hint = suggestion(name, self.program.input_names())
            raise UsageError(f"'{name}' is not an input of the program", hint=hint)
        return names

    def __call__(
        self, point: Sequence[float], columns: Mapping[str, Any]
    ) -> tuple[float, np.ndarray[Any, Any]]:
        """The sum over the rows and its derivatives by the parameters, at a point.

        `columns` are arrays by name: of a number one of (rows,), of an array one of (rows, …), or
        its elements by theirs. Raises ValueError for columns of different lengths.
        """
        return self.total(self.chunks(point, columns))

    def total(self, chunks: Iterable[list[Any]]) -> tuple[float, np.ndarray[Any, Any]]:
        """The sum over all rows and its derivatives, of those over `chunks` in their order."""
        import numpy as np

        total, *slopes = self.compiled.total(chunks)
        found = np.zeros(len(self.parameters))
        for (_, where, moved), slope in zip(self.places.values(), slopes, strict=True):
            found[where] = np.ravel(slope)[moved]
        return float(total), found

    def chunks(self, point: Sequence[float], columns: Mapping[str, Any]) -> list[list[Any]]:
        """The sums over each `compiled.chunk` of rows, by input. Raises ValueError."""
        import numpy as np

        at = np.asarray(point, dtype=float)
        if at.shape != (len(self.parameters),):
            raise ValueError(f"the point has shape {at.shape}, not ({len(self.parameters)},)")
        given = self.packed(columns)
        lengths = {len(column) for column in given.values()}
        if not lengths:
            lengths = {len(np.asarray(column)) for column in columns.values()} or {1}
        if len(lengths) > 1:
            raise ValueError(f"the columns have different lengths: {sorted(lengths)}")
        for name, (start, where, moved) in self.places.items():
            numbers = start.copy()
            numbers.reshape(-1)[moved] = at[where]
            given[name] = numbers if numbers.ndim else numbers[()]
        return self.compiled.chunks(given, lengths.pop())

    def packed(self, columns: Mapping[str, Any]) -> dict[str, Any]:
        """The columns as calls take them without more work: an array for each input of the rows.

        Raises ValueError.
        """
        leaves = self.lifted.leaves
        rows = [name for name, leaf in leaves.items() if self.lifted.layout(leaf).rows]
        shapes = self.program.arrays
        return {name: column_of(name, shapes.get(name, ()), columns, self.numbers) for name in rows}

    @cached_property
    def places(self) -> dict[str, tuple[Any, Any, Any]]:
        """Of each input that is the same in all rows the numbers that stay, and which do not.

        These are indices into a point, and into the elements, row after row.
        """
        import numpy as np

        index = {name: i for i, name in enumerate(self.parameters)}
        found = {}
        for name, leaf in self.lifted.leaves.items():
            layout = self.lifted.layout(leaf)
            if layout.rows:
                continue
            every = elements(name, layout.shape)
            start = np.array([self.numbers.get(each, 0.0) for each in every]).reshape(layout.shape)
            moved = [i for i, each in enumerate(every) if each in index]
            where = [index[every[i]] for i in moved]
            found[name] = (start, np.array(where, dtype=int), np.array(moved, dtype=int))
        return found

    @cached_property
    def lifted(self) -> Lifted:
        """The program's graph of arrays, with the node of its output."""
        from micrograd_cli.tape.array_steps import Layout
        from micrograd_cli.tape.lifting import Lifted

        lifted = Lifted(self.program, self.columns)
        lifted.root = lifted.spread(lifted.node(self.program.outputs[0].node), Layout(True))
        return lifted

    @cached_property
    def compiled(self) -> ArrayKernel:
        """The kernel, which gives the sum and its gradients by the inputs in `places`."""
        from micrograd_cli.tape.array_kernel import ArrayKernel
        from micrograd_cli.tape.array_steps import SCALAR, Layout
        from micrograd_cli.tape.array_tape import ArrayTape
        from micrograd_cli.tape.lifting import dependencies, seeded
        from micrograd_cli.tape.threads import cores

        lifted, root = self.lifted, self.lifted.root
        tape = ArrayTape({name: lifted.layout(leaf) for name, leaf in lifted.leaves.items()})
        values = seeded(lifted, tape, {})
        order = dependencies([root])
        forward(order, values, tape.algebra)
        grads = backward(order, values, root, 1.0, tape.algebra)
        results = [tape.narrowed(values[root.index], Layout(True), SCALAR).number]
        for name in self.places:
            leaf = lifted.leaves[name]
            grad = grads[leaf.index]
            results.append(tape.full(0.0 if grad is None else grad, lifted.layout(leaf)).number)
        return ArrayKernel(tape, results, cores())


def column_of(
    name: str, shape: tuple[int, ...], columns: Mapping[str, Any], numbers: Mapping[str, float]
) -> Any:
    """The column of an input: (rows, …), from one of whole arrays or from those of its elements."""
    import numpy as np

    if name in columns:
        column = np.asarray(columns[name], dtype=float)
        if column.shape[1:] != shape:
            raise ValueError(f"a row of '{name}' has shape {shape}, got {column.shape[1:]}")
        return column
    parts = [columns[each] if each in columns else numbers[each] for each in elements(name, shape)]
    stacked = np.stack(np.broadcast_arrays(*map(np.asarray, parts)), axis=-1).astype(float)
    return stacked.reshape((len(stacked), *shape))
