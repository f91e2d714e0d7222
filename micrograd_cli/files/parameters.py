"""Numbers of inputs from JSON and TOML files, with uncertainties where the file has them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import inf
from typing import Any, NamedTuple

from micrograd_cli.errors import DataError
from micrograd_cli.files.opening import reading
from micrograd_cli.files.text import as_float, as_floats, parse_json, parse_toml, read_text

FIELDS = {"value", "u", "df"}  # of an object that stands for a number


class Uncertainty(NamedTuple):
    """A standard uncertainty, and its degrees of freedom."""

    u: float
    dof: float = inf


class Parameters(NamedTuple):
    """The numbers of a file, of arrays nested lists.

    `fitted` says that they are the result of `fit` or `minimize`.
    """

    numbers: dict[str, Any]
    uncertainties: dict[str, Uncertainty]
    correlations: dict[tuple[str, str], float]
    fitted: bool = False


class Matrix(NamedTuple):
    """A square matrix whose rows and columns have these names."""

    names: list[str]
    rows: list[list[float]]


def read_parameters(path: str) -> Parameters:
    """The parameters of a JSON or (by its ending) TOML file. Raises DataError.

    It holds an object of numbers and nested lists of them; in place of a number may stand
    {"value": …, "u": …, "df": …}. The results of `mgrad fit` and `mgrad minimize` are read as they
    are.
    """
    table = read_table(path)
    if is_fit(table):
        return of_fit(table, path)
    found = Parameters({}, {}, {})
    for name, value in numbers_of(table).items():
        what = f"'{path}': the value of '{name}'"
        if not isinstance(value, dict):
            found.numbers[name] = as_floats(value, what)
            continue
        if "value" not in value or value.keys() - FIELDS:
            raise DataError(f"{what} is not a number or an object of value, u and df")
        found.numbers[name] = as_float(value["value"], what)
        if "u" in value:
            dof = value.get("df")
            found.uncertainties[name] = Uncertainty(
                as_float(value["u"], f"'{path}': u of '{name}'"),
                inf if dof is None else as_float(dof, f"'{path}': df of '{name}'"),
            )
        elif "df" in value:
            raise DataError(f"{what} has df, but no u")
    return found


def read_table(path: str) -> dict[str, Any]:
    """The object that a JSON or TOML file holds. Raises DataError."""
    text = read_text(path)
    with reading(path):
        table = parse_toml(text) if path.endswith(".toml") else parse_json(text)
    if not isinstance(table, dict):
        raise DataError(f"'{path}' does not hold an object of names and numbers")
    return table


def lists_of(path: str) -> dict[str, Any]:
    """The lists of a file of parameters, by name. Raises DataError."""
    table = read_table(path)
    params = table.get("params")
    table = params if isinstance(params, dict) and is_fit(table) else numbers_of(table)
    return {name: value for name, value in table.items() if isinstance(value, list)}


def is_fit(table: Mapping[str, Any]) -> bool:
    """Whether an object is the result of a fit or a search."""
    params = table.get("params")
    return isinstance(params, dict) and not params.keys() >= {"value"}


def numbers_of(table: dict[str, Any]) -> dict[str, Any]:
    """The numbers of what mgrad itself prints: the inputs of an evaluation, a grad.

    Any other object is taken as it is.
    """
    if isinstance(table.get("nodes"), list) and "value" in table:
        rows = [row for row in table["nodes"] if isinstance(row, dict)]
        return {
            row["name"]: row["data"]
            for row in rows
            if row.get("op") == "input" and row.keys() >= {"name", "data"}
        }
    grad = table.get("grad")
    return grad if isinstance(grad, dict) and not grad.keys() & FIELDS else table


def of_fit(table: Mapping[str, Any], path: str) -> Parameters:
    """The parameters of a fit: their standard errors and correlations, the fit's dof."""
    numbers = {name: as_float(value, f"'{path}': the value of '{name}'")
               for name, value in each_element(table["params"])}  # fmt: skip
    dof = None if table.get("absolute_sigma") else table.get("dof")
    errors = table.get("stderr") or {}
    matrix = table.get("correlation")
    if not isinstance(errors, dict):
        raise DataError(f"'{path}': stderr is not an object of numbers")
    uncertainties = {
        name: Uncertainty(as_float(error, f"'{path}': stderr of '{name}'"),
                          inf if dof is None else as_float(dof, f"'{path}': dof"))
        for name, error in each_element(errors) if error is not None
    }  # fmt: skip
    correlations = {}
    if matrix is not None and uncertainties:
        names, rows = as_matrix(matrix, f"'{path}': correlation")
        correlations = {
            (names[i], names[j]): rows[i][j]
            for i in range(len(names)) for j in range(i)
            if {names[i], names[j]} <= uncertainties.keys()
        }  # fmt: skip
    return Parameters(numbers, uncertainties, correlations, fitted=True)


def each_element(table: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The numbers by name; of nested lists each by its place: `W[1,0]`."""
    for name, value in table.items():
        places: list[tuple[str, Any]] = [("", value)]
        while places and isinstance(places[0][1], list):
            places = [
                (f"{place},{i}", each)
                for place, row in places
                for i, each in enumerate(row if isinstance(row, list) else [row])
            ]
        yield from ((f"{name}[{place[1:]}]" if place else name, each) for place, each in places)


def read_covariance(path: str) -> Matrix:
    """A covariance matrix: JSON {"names": …, "matrix": …}, or CSV with the names as its header.

    Raises DataError.
    """
    import csv  # most runs do without

    if path.endswith((".json", ".toml")):
        return as_matrix(read_table(path), f"'{path}'")
    header, *lines = [line for line in csv.reader(read_text(path).splitlines()) if line] or [[]]
    try:
        rows = [[float(cell) for cell in line] for line in lines]
    except ValueError as error:
        raise DataError(f"'{path}': {error}") from None
    names = [name.strip() for name in header]
    return as_matrix({"names": names, "matrix": rows}, f"'{path}'")


def as_matrix(value: Any, what: str) -> Matrix:
    """An object of names and a symmetric matrix. Raises DataError."""
    if not (isinstance(value, dict) and value.keys() >= {"names", "matrix"}):
        raise DataError(f"{what} is not an object of names and a matrix")
    names, rows = value["names"], value["matrix"]
    size = len(names) if isinstance(names, list) else 0
    square = isinstance(rows, list) and len(rows) == size and all(
        isinstance(row, list) and len(row) == size for row in rows
    )  # fmt: skip
    if not (square and all(isinstance(name, str) for name in names)) or len(set(names)) < size:
        raise DataError(f"{what} does not have a name for each row and column of a square matrix")
    numbers = [[0.0 if cell is None else as_float(cell, f"an entry of {what}") for cell in row]
               for row in rows]  # fmt: skip
    for i in range(size):
        for j in range(i):
            a, b = numbers[i][j], numbers[j][i]
            if abs(a - b) > 1e-9 * max(abs(a), abs(b)):
                raise DataError(f"{what} is not symmetric: {names[i]}, {names[j]}")
    return Matrix(names, numbers)
