"""The numbers that a command line gives a program: its inputs as options, --let and --params."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from micrograd_cli.commands.values import numbers_of
from micrograd_cli.errors import UsageError, counted, suggestion
from micrograd_cli.language.arrays import element
from micrograd_cli.language.block_values import by_element, by_name, shape_of_list
from micrograd_cli.language.names import assigned
from micrograd_cli.language.program import Program
from micrograd_cli.language.reading import parse
from micrograd_cli.language.spelling import quoted
from micrograd_cli.terminal.saying import say

if TYPE_CHECKING:
    from micrograd_cli.files.parameters import Parameters

Reader = Callable[[str, str], Any]  # the text of a value, and the option that it stands after
FromFile = Callable[[click.Context, str, "Parameters"], dict[str, Any]]
MOST = 100  # names that are no inputs are listed
INPUTS = "micrograd_cli.inputs"  # where a context keeps the options that its program has


class InputValue(click.ParamType):  # type: ignore[type-arg]
    """The value of an input's option, as its command reads it."""

    name = "number"

    def __init__(self, read: Reader) -> None:
        self.read = read

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        return self.read(value, param.opts[0] if param else "")


def input_option(
    name: str, index: int, program: Program, read: Reader, unbound: str
) -> click.Option:
    # the name is a number: from `--A` and `--a` click would make the same one
    shape = program.arrays.get(name, ())
    default: Any = program.defaults.get(name, program.sizes.get(name))
    if shape:
        default = by_name(program.arrays, program.defaults, [name]).get(name)
    kind = f"{'x'.join(map(str, shape))} numbers, " if shape else ""
    known = unbound if default is None else f"default {shortened(repr(default))}"
    option = click.Option(
        [f"--input_{index}"],
        type=InputValue(lists_of(read) if shape else read),
        multiple=True,
        help="" if name in program.constants else kind + known,
        hidden=name in program.constants,
        metavar="LIST" if shape else "NUMBER",
    )
    option.opts = [f"--{name}"]  # which click would cut at a '/'
    return option


def shortened(text: str) -> str:
    """A default, or a name, so that it fits on a line."""
    return text if len(text) <= 40 else f"{text[:37]}..."


def lists_of(read: Reader) -> Callable[[str, str], Any]:
    """What reads nested lists of what `read` reads."""
    return lambda text, option: numbers_of(text, option, read)


def tell_ignored(path: str, names: Sequence[str]) -> None:
    for name in names[:MOST]:
        say(f"warning: {path}: '{name}' is not an input of the program, so it is ignored")
    if len(names) > MOST:
        say(f"warning: {path}: {counted(len(names) - MOST, 'more name')} ignored")


def read_bindings(
    ctx: click.Context, program: Program | None, read: Reader, from_file: FromFile
) -> dict[str, Any]:
    """The numbers that the command line gives: files first, then --let and the inputs' options.

    `read` reads one number, and `from_file` says what a file of --params gives the inputs.
    """
    numbers: dict[str, Any] = {}
    known = None if program is None else known_names(program)
    strict = ctx.params.pop("params_strict", False)
    for path in ctx.params.pop("params", ()):
        from micrograd_cli.files.parameters import read_parameters

        found = read_parameters(path)
        ignored = []
        for name, value in from_file(ctx, path, found).items():
            if strict or known is None or name in known:
                check_input(name, known, program, f"{path}: ")
                numbers[name] = value
            elif not found.fitted:  # the model may have had more parameters
                ignored.append(name)
        tell_ignored(path, ignored)
    on_line: dict[str, Any] = {}
    for name, value, option in bindings(ctx, read):
        check_input(name, known, program, "")
        if name in on_line:
            raise UsageError(f"'{name}' is given twice", hint=f"once is enough: {option}")
        on_line[name] = value
    return {**numbers, **on_line}


def bindings(ctx: click.Context, read: Reader) -> Iterator[tuple[str, Any, str]]:
    for pair in ctx.params.pop("let", ()):
        name, equal, value = assigned(pair)
        if not equal or not name:
            raise UsageError(f"--let takes NAME=VALUE, not '{pair}'")
        reader = lists_of(read) if value.lstrip().startswith(("[", "@")) else read
        yield name, reader(value, f"--let {name}"), f"--let {name}=VALUE"
    for name, option in ctx.meta.get(INPUTS, {}).items():
        assert option.name is not None
        for value in ctx.params.pop(option.name, None) or ():
            yield name, value, f"--{name} VALUE"


def known_names(program: Program) -> list[str]:
    """All names that can be given a number."""
    arrays = [name for name in program.arrays if not is_computed(program, name)]
    return [*program.inputs, *arrays, *program.constants, *program.sizes]


def is_computed(program: Program, name: str) -> bool:
    """Whether a name is that of a computed array."""
    shape = program.arrays.get(name)
    return shape is not None and element(name, (0,) * len(shape)) in program.named


def without_arrays(program: Program, numbers: dict[str, Any]) -> dict[str, Any]:
    """The numbers by element. Raises UsageError for a list whose shape is not that of its array."""
    own = {  # a range, several numbers, an uncertain one: what the command takes for a number
        name: x for name, x in numbers.items() if isinstance(x, tuple) and name in program.inputs
    }
    lists = {name: x for name, x in numbers.items() if name not in own}
    try:
        return {**by_element(program.arrays, lists), **own}
    except ValueError as error:
        raise UsageError(str(error), hint=declaration_hint(program, lists)) from None


def declaration_hint(program: Program, numbers: Mapping[str, Any]) -> str:
    """How an input that is a number, and is given a list, becomes an array."""
    for name, value in numbers.items():
        if name not in program.arrays and isinstance(value, list):
            try:
                sizes = ", ".join(map(str, shape_of_list(value)))
            except ValueError:  # no array has this shape
                continue
            return f"in the program it is an array if it is declared: input {quoted(name)}[{sizes}]"
    return ""


def check_input(name: str, known: list[str] | None, program: Program | None, where: str) -> None:
    if known is None or program is None or name in known:
        return
    reason = (
        "is computed by the program"
        if name in program.named or is_computed(program, name)
        else "is not an input of the program"
    )
    raise UsageError(f"{where}'{name}' {reason}", hint=suggestion(name, known))


def with_shadowed_constants(program: Program, ctx: click.Context) -> Program:
    """The program once more where a constant's name has been bound, or a size."""
    numbers = ctx.params["numbers"]
    shadowed = [name for name in numbers if name in program.constants]
    sizes = {name: numbers.pop(name) for name in program.sizes if name in numbers}
    if not (shadowed or sizes):
        return program
    for name, x in sizes.items():
        if not (isinstance(x, float) and x >= 1 and x.is_integer()):
            raise UsageError(f"--{name}: a size is a whole number of at least 1, got {x}")
    return parse(program.text, shadowed, ctx.params["max_nodes"], sizes, program.arrays)


def require_all(
    program: Program, numbers: Mapping[str, Any], how_to_give: Callable[[str], str]
) -> None:
    """Raise UsageError for an input without a number; `how_to_give` says how one is given."""
    name = program.missing(numbers)
    if name is not None:
        how = how_to_give(name)
        if name in program.arrays:
            how = how.replace("NUMBER", "'[1, 2, ...]' or @FILE")
        raise missing_input(program, name, how)


def missing_input(program: Program, name: str, how: str) -> UsageError:
    place = program.places[name]
    return UsageError(f"missing input '{name}'", place, f"give {how}", text=program.text)
