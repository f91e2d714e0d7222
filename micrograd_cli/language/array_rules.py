"""What the parser's rules for arrays, repetition and derivatives do."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from micrograd_cli.errors import ProgramError, Span, nearest
from micrograd_cli.language.arrays import Array, Index, shape_text, taken
from micrograd_cli.language.emitter import Emitter
from micrograd_cli.language.functions import Function, Operand, Value
from micrograd_cli.language.names import canonical
from micrograd_cli.language.spelling import quoted
from micrograd_cli.ops import FUNCTIONS, OPS

if TYPE_CHECKING:
    from micrograd_cli.language.array_functions import ArrayFunction
    from micrograd_cli.language.comprehensions import Comprehension
    from micrograd_cli.language.differentiator import Differentiator

PRIMES = "'′’″"
FIRST = r"\s*([^\W\d]\w*)(['′″’]*)\s*,"


def action(name: str) -> ArrayFunction | None:
    """The function of arrays of that name; scalar programs never load them."""
    from micrograd_cli.language.actions import ACTIONS

    return ACTIONS.get(name)


class Opening(NamedTuple):
    """The opening of a call or of an array: the function's name, its place, and the bracket's."""

    name: str
    place: Span
    scope: bool  # whether a comprehension begins there


class ArrayRules(Emitter):
    """One method for each rule of the grammar."""

    functions: dict[str, Function]

    def __init__(self, text: str, max_nodes: int) -> None:
        super().__init__(text, max_nodes)
        self.loops: dict[int, list[str]] = {}  # the names of comprehensions, by their bracket
        if "for" in text:
            from micrograd_cli.language.comprehensions import loops

            self.loops = loops(text)
        self.scopes: list[tuple[list[str], int]] = []  # of open comprehensions: names, how many
        self.references: set[int] = set()  # where the name of a function stands as an argument

    @cached_property
    def differentiator(self) -> Differentiator:
        """What `grad` and `f'` share in this program."""
        from micrograd_cli.language.differentiator import Differentiator

        return Differentiator(self)

    # --- calls --------------------------------------------------------------------------------

    def callee(self, word: str, bracket: str, span: Span) -> Opening:
        name, place = canonical(word), (span[0], span[0] + len(word))
        if name in ("iterate", "fold") and name not in self.functions:
            first = re.compile(FIRST).match(self.text, span[1])
            if first:
                self.references.add(first.start(1))
        return Opening(name, place, self.begin(span[1] - 1, span))

    def function_named(self, name: str, place: Span) -> Any:
        """The function of the program, of the table or of arrays; f' by its primes.

        Raises ProgramError for an unknown one.
        """
        plain = name.rstrip(PRIMES)
        if self.function is not None and self.function.within(plain):
            raise ProgramError(f"'{plain}' calls itself", place, "recursion is not possible")
        found: Any = self.functions.get(plain) or FUNCTIONS.get(plain) or action(plain)
        if found is None:
            raise self.unknown_function(plain, place)
        primes = sum(2 if each == "″" else 1 for each in name[len(plain) :])
        if not primes:
            return found
        from micrograd_cli.language.derivatives import derived

        return derived(plain, primes, found, place)

    def unknown_function(self, name: str, place: Span) -> ProgramError:
        raise NotImplementedError

    # --- arrays -------------------------------------------------------------------------------

    def opening(self, bracket: str, span: Span) -> Opening:
        return Opening("", span, self.begin(span[0], span))

    def array(self, opening: Opening, items: list[Operand], closing: str, span: Span) -> Operand:
        return self.emit(array_of, items, span)

    def index(
        self, value: Operand, bracket: str, parts: list[Any], closing: str, span: Span
    ) -> Operand:
        operands: list[Operand] = [value]
        pattern: list[tuple[bool, ...]] = []
        for part in parts:
            sliced = isinstance(part, Slice)
            bounds = part if sliced else (part,)
            pattern.append((sliced, *[bound is not None for bound in bounds]))
            operands += [bound for bound in bounds if bound is not None]
        return self.emit(Indexing(tuple(pattern)), operands, span)

    def first_subscript(self, part: Any, span: Span) -> list[Any]:
        return [part]

    def next_subscript(self, parts: list[Any], comma: str, part: Any, span: Span) -> list[Any]:
        return [*parts, part]

    def element(self, at: Operand, span: Span) -> Operand:
        return at

    def slice(self, *bounds: Any) -> Slice:
        return Slice(bounds[0], bounds[2], bounds[4] if len(bounds) > 4 else None)

    # --- comprehensions -----------------------------------------------------------------------

    def begin(self, bracket: int, span: Span) -> bool:
        """Begin to record, if a comprehension begins at this bracket."""
        names = self.loops.get(bracket)
        if names is None:
            return False
        self.scopes.append((names, 0))
        self.record(names, span)
        return True

    def record(self, names: list[str], span: Span) -> None:
        self.function = Function("", list(names), span, self.function)

    def loop(self, word: str, name: str, within: str, span: Span) -> tuple[str, Function]:
        """Between what is repeated, or the clause before, and a source."""
        return canonical(name), self.next_part(span, 1)

    def filter(self, word: str, span: Span) -> tuple[str, Function]:
        return "", self.next_part(span, 0)

    def next_part(self, span: Span, loops: int) -> Function:
        """Leave the recording of one part for that of the next; the one that is left."""
        names, count = self.scopes[-1] if self.scopes else ([], 0)
        if self.function is None or count + loops > len(names):
            raise unreadable(span)
        done = self.function
        self.function = done.around
        self.scopes[-1] = (names, count + loops)
        self.record(names[:count], span)
        return done

    def source(
        self, head: tuple[str, Function], value: Operand, span: Span
    ) -> tuple[str, Function, Operand, Span]:
        return (*head, value, span)

    condition = source

    def first_clause(self, clause: Any, span: Span) -> list[Any]:
        """Raises ProgramError for `if` before any `for`."""
        if not clause[0]:
            raise unreadable(span)
        return [clause]

    def next_clause(self, clauses: list[Any], clause: Any, span: Span) -> list[Any]:
        return [*clauses, clause]

    def generator(self, body: Operand, clauses: list[Any], span: Span) -> Comprehension:
        """The parts in order: each clause knows the recording that ended where it began."""
        from micrograd_cli.language.comprehensions import Clause, Comprehension

        self.repeats.append(span)
        functions = [clause[1] for clause in clauses]
        assert self.function is not None
        functions.append(self.function)
        self.function = self.function.around
        self.scopes.pop()
        functions[0].result = body
        found = []
        for (name, _, value, place), function in zip(clauses, functions[1:], strict=True):
            function.result = value
            found.append(Clause(name, function, place))
        return Comprehension(functions[0], found)

    def comprehension(
        self, opening: Opening, generator: Comprehension, closing: str, span: Span
    ) -> Operand:
        return self.emit(generator, [], span)

    # --- sizes --------------------------------------------------------------------------------

    def shape(self, sizes: Sequence[Operand], span: Span) -> tuple[int, ...]:
        """The shape that a declaration gives. Raises ProgramError."""
        if len(sizes) > 2:
            raise ProgramError("an array has one or two dimensions", span)
        from micrograd_cli.language.array_functions import size

        return tuple(size(self, each, span) for each in sizes)  # type: ignore[arg-type]


def unreadable(span: Span) -> ProgramError:
    hint = "write it as [f(i) for i in range(n)]"
    return ProgramError("this comprehension cannot be read", span, hint)


class Slice(NamedTuple):
    """`start:stop:step`, each an operand or None."""

    start: Operand | None
    stop: Operand | None
    step: Operand | None


def array_of(emitter: Emitter, items: list[Any], span: Span, slots: Sequence[Value]) -> Array:
    """The action of `[a, b]`."""
    from micrograd_cli.language.array_functions import literal_array

    return literal_array(emitter, items, span)


class Indexing(NamedTuple):
    """The action of `x[…]`: for each axis whether it is a slice, and which bounds are given."""

    pattern: tuple[tuple[bool, ...], ...]

    def __call__(
        self, emitter: Emitter, args: list[Any], span: Span, slots: Sequence[Value]
    ) -> Value:
        array, *rest = args
        if not isinstance(array, Array):
            raise scalar_indexed(emitter, array, span)
        if len(self.pattern) > len(array.shape):
            message = f"{len(self.pattern)} indices of an array of shape {shape_text(array.shape)}"
            raise ProgramError(message, span)
        operands = iter(rest)
        index: list[Any] = []
        for is_slice, *given in self.pattern:
            bounds = [next(operands) if each else None for each in given]
            if is_slice:
                numbers = [
                    None if b is None else emitter.whole(b, "a bound of the slice", span)
                    for b in bounds
                ]
                if numbers[2] == 0:
                    raise ProgramError("the step of the slice is 0", span)
                index.append(slice(*numbers))
            else:
                index.append(bounds[0])
        return chosen(emitter, array, index, span)


def scalar_indexed(emitter: Emitter, node: Any, span: Span) -> ProgramError:
    whole = node.label.partition("[")[0] in emitter.arrays  # of which it is an element
    name = quoted(node.label) if node.label and node.left is None and not whole else ""
    hint = f"declare it: input {name}[3]" if name else ""
    near = nearest(name, emitter.arrays) if name else ""
    if near:
        hint = f"did you mean '{near}'?"
    what = f"'{name}'" if name else "this"
    return ProgramError(f"{what} is a scalar: it has no elements", span, hint)


def chosen(emitter: Emitter, array: Array, index: list[Any], span: Span) -> Value:
    """What an index chooses; the first that is not constant by a chain of `where`."""
    for axis, at in enumerate(index):
        if isinstance(at, slice | int):
            continue
        if isinstance(at, Array):
            raise ProgramError("an index is a number or a slice, this is an array", span,
                               "write [x[k] for k in indices]")  # fmt: skip
        if emitter.known(at) is None:
            return computed(emitter, array, index, axis, span)
        index[axis] = emitter.whole(at, "the index", span)
    whole: list[Index] = index
    try:
        found = taken(array, whole)
    except IndexError as error:
        at, axis = error.args
        size = array.shape[axis]
        raise ProgramError(f"the index {at} is outside: the axis has {size} elements", span,
                           f"0 to {size - 1}, or {-size} to -1 from the end") from None  # fmt: skip
    if isinstance(found, Array) and not all(found.shape):
        raise ProgramError("the slice has no elements", span)
    return found


def computed(
    emitter: Emitter, array: Array, index: list[Any], axis: int, span: Span
) -> Value:  # fmt: skip
    """The part of an array at a computed number: nan where it is no index, no gradient by it."""
    number, size = index[axis], array.shape[axis]

    def apply(name: str, *args: Any) -> Value:
        return emitter.apply(OPS[name], list(args), span)

    fixed = emitter.fixed
    below = apply("<", number, fixed(0))
    at = apply("where", below, apply("+", number, fixed(size)), number)
    found: Value = fixed(float("nan"))
    for i in reversed(range(size)):
        part = chosen(emitter, array, [*index[:axis], i, *index[axis + 1 :]], span)
        found = apply("where", apply("==", at, fixed(i)), part, found)
    return found
