"""JSON: an object for each result, over several lines (json) or on one (jsonl)."""

from __future__ import annotations

from json import JSONEncoder
from typing import Any

from micrograd_cli.numbers import json_number
from micrograd_cli.render import Style
from micrograd_cli.render.view import Result, View
from micrograd_cli.render.writers.base import Writer
from micrograd_cli.terminal.streams import is_utf8


class Json(Writer[Result]):
    """Valid JSON whatever the numbers are, and whatever the encoding of standard output."""

    def __init__(self, view: View[Result], style: Style) -> None:
        super().__init__(view, style)
        self.encoder = JSONEncoder(ensure_ascii=not is_utf8(), allow_nan=False)

    def write(self, result: Result) -> None:
        fields = self.view.fields(result)
        if self.style.format == "json":
            print(self.pretty(fields))
        else:
            for record in fields if isinstance(fields, list) else [fields]:
                print(self.encode(record))

    def pretty(self, fields: Any) -> str:
        """An object with a field on each line, or a list; of a list of rows each is on a line."""
        if isinstance(fields, list):
            return self.layout(fields, "")
        lines = [f'  "{key}": {self.layout(value, "  ")}' for key, value in fields.items()]
        return "{\n" + ",\n".join(lines) + "\n}"

    def layout(self, value: Any, indent: str) -> str:
        if not (isinstance(value, list) and value and isinstance(value[0], dict | list)):
            return self.encode(value)
        rows = f",\n{indent}  ".join(map(self.encode, value))
        return f"[\n{indent}  {rows}\n{indent}]"

    def encode(self, value: Any) -> str:
        """A value on one line."""
        try:
            return self.encoder.encode(value)
        except ValueError:  # a number in it is inf or nan, which is seldom
            return self.encoder.encode(replace_nonfinite(value, self.style.nonfinite))


def replace_nonfinite(value: Any, nonfinite: str) -> Any:
    """The value with inf and nan replaced as the style says."""
    if isinstance(value, float):
        return json_number(value, nonfinite)
    if isinstance(value, dict):
        return {key: replace_nonfinite(each, nonfinite) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [replace_nonfinite(each, nonfinite) for each in value]
    return value
