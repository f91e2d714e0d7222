"""Numbers for the arrays of a program: nested lists by name to floats by element, and back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from micrograd_cli.language.arrays import Shape, elements, nested, shape_text


def shape_of_list(value: Any) -> Shape:
    """The shape of nested lists. Raises ValueError for ragged ones."""
    if not isinstance(value, list):
        return ()
    shapes = [shape_of_list(each) for each in value]
    if not shapes:
        raise ValueError("the list is empty")
    for shape in shapes:
        if shape != shapes[0]:
            raise ValueError(
                f"the rows differ: shape {shape_text(shapes[0])} and shape {shape_text(shape)}"
            )
    return (len(value), *shapes[0])


def flat(value: Any) -> Iterator[Any]:
    """The numbers of nested lists, row after row."""
    if isinstance(value, list):
        for each in value:
            yield from flat(each)
    else:
        yield value


def plain(value: Any) -> Any:
    """Nested lists for a list, a tuple, or an array of NumPy; anything else as it is."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    return [plain(each) for each in value] if type(value) in (list, tuple) else value


def by_element(arrays: Mapping[str, Shape], numbers: Mapping[str, Any]) -> dict[str, Any]:
    """The numbers with those of arrays by element: `{"x": [1, 2]}` is `{"x[0]": 1, "x[1]": 2}`.

    Raises ValueError, with the name, for a list whose shape is not that of the array.
    """
    found: dict[str, Any] = {}
    for name, given in numbers.items():
        value, shape = plain(given), arrays.get(name, ())
        try:
            own = shape_of_list(value)
        except ValueError as error:
            raise ValueError(f"'{name}': {error}") from None
        if own != shape:
            what = f"has shape {shape_text(shape)}" if shape else "is a number"
            given_as = f"a value of shape {shape_text(own)}" if own else "a number"
            raise ValueError(f"'{name}' {what}, got {given_as}")
        found.update(zip(elements(name, shape), flat(value), strict=True))
    return found


def by_name(
    arrays: Mapping[str, Shape], numbers: Mapping[str, Any], names: Iterable[str] | None = None
) -> dict[str, Any]:
    """The numbers with those of whole arrays as nested lists, in order of appearance."""
    whole: dict[str, tuple[str, Shape]] = {}
    for name in arrays if names is None else names:
        every = elements(name, arrays[name])
        if all(each in numbers for each in every):
            whole.update(dict.fromkeys(every, (name, arrays[name])))
    found: dict[str, Any] = {}
    for key, number in numbers.items():
        if key not in whole:
            found[key] = number
            continue
        name, shape = whole[key]
        if name not in found:
            found[name] = nested(shape, [numbers[each] for each in elements(name, shape)])
    return found
