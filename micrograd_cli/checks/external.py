"""Programs in other languages: started at points, what they print is a value and maybe gradients.

No shell is involved: the command is split into words once, and numbers are put into the words.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from subprocess import DEVNULL, PIPE, Popen
from threading import Event, Thread, Timer
from types import TracebackType
from typing import IO, Any, NamedTuple

from micrograd_cli.errors import DataError, UsageError
from micrograd_cli.language.names import canonical
from micrograd_cli.language.program import Program, numbered
from micrograd_cli.nodes import Node
from micrograd_cli.ops import INPUT

NAME = r"[^\W\d][\w\u0300-\u036f]*|`[^`]+`"
PLACE = re.compile(rf"\{{\{{({NAME})\}}\}}|\{{({NAME})\}}")  # {{{{a}}}} stands for {{a}}
LIMIT = 1_000_000  # bytes that a program may print
TAIL = 20  # lines of its standard error that are shown
WIDTH = 200  # characters of such a line
FULL = 15  # digits of a float; a program that never prints as many rounds what it prints


class Printed(NamedTuple):
    """What a program has written on its standard output and its standard error."""

    output: str
    errors: str


class Answer(NamedTuple):
    """What a program has printed; the value exactly as it stands there."""

    value: Decimal
    grad: dict[str, float]


def placeholders(command: str) -> Program:
    """The inputs that the words of a command name, as a Program without outputs.

    Raises UsageError if there is none.
    """
    places = {canonical(m[2]): m.span(2) for m in reversed([*PLACE.finditer(command)]) if m[2]}
    names = sorted(places, key=lambda name: places[name])
    if not names:
        hint = "write {a} where the number of the input a belongs"
        raise UsageError("the command takes no input", (0, len(command)), hint, text=command)
    inputs = {name: Node(INPUT, label=name) for name in names}
    return numbered(Program(command, inputs, {}, {}, (), [], places))


def split_words(command: str) -> list[str]:
    """The words of a command, as a shell would split them. Raises UsageError."""
    try:
        return shlex.split(command)
    except ValueError as error:
        message = f"the command cannot be split into words: {str(error).lower()}"
        raise UsageError(message, (0, len(command)), text=command) from None


def filled(word: str, point: Mapping[str, float]) -> str:
    """A word with the numbers of a point in it."""
    return PLACE.sub(lambda m: f"{{{m[1]}}}" if m[1] else repr(point[canonical(m[2])]), word)


class Runner:
    """Runs a command at points, several at once. Leaving its context ends what still runs."""

    def __init__(self, command: str, jobs: int, timeout: float) -> None:
        self.words = split_words(command)
        self.timeout = timeout
        self.pool = ThreadPoolExecutor(jobs)
        self.closed = False
        self.running: set[Popen[bytes]] = set()

    def __enter__(self) -> Runner:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.closed = True
        for process in list(self.running):
            kill(process)
        self.pool.shutdown(cancel_futures=True)

    def run(self, points: Iterable[Mapping[str, float]]) -> list[Answer]:
        """The answers at points, in order. Raises DataError."""
        return list(self.pool.map(self.once, points))

    def once(self, point: Mapping[str, float]) -> Answer:
        argv = [filled(word, point) for word in self.words]
        return answer(self.execute(argv), argv, point)

    def execute(self, argv: list[str]) -> Printed:
        """What the command prints. Raises DataError if it fails or does not end."""
        try:
            process = Popen(argv, stdin=DEVNULL, stdout=PIPE, stderr=PIPE, start_new_session=True)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise DataError(f"cannot start '{argv[0]}': {reason}") from None
        assert process.stdout is not None
        assert process.stderr is not None
        self.running.add(process)
        if self.closed:  # pragma: no cover: an interrupt while it starts
            kill(process)
        late, errors = Event(), bytearray()
        timer = Timer(self.timeout, end, (process, late))
        listener = Thread(target=keep_end, args=(process.stderr, errors), daemon=True)
        timer.start()
        listener.start()
        output = process.stdout.read(LIMIT + 1)
        if len(output) > LIMIT:
            kill(process)
        status = process.wait()
        timer.cancel()
        listener.join(1.0)
        self.running.discard(process)
        process.stdout.close()
        printed = Printed(output.decode("utf-8", "replace"), errors.decode("utf-8", "replace"))
        if late.is_set():
            raise failure(argv, f"has not ended after {self.timeout:g} s (--timeout)", printed)
        if len(output) > LIMIT:
            raise failure(argv, f"prints more than {LIMIT:,} bytes", printed)
        if status:
            raise failure(argv, ending(status), printed)
        return printed


def end(process: Popen[bytes], late: Event) -> None:
    late.set()
    kill(process)


def kill(process: Popen[bytes]) -> None:
    """End a process and all that it has started."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (OSError, AttributeError):  # it has ended; or there are no process groups
        process.kill()


def keep_end(stream: IO[bytes], kept: bytearray) -> None:
    while chunk := stream.read1(65536):  # type: ignore[attr-defined]
        kept += chunk
        del kept[:-LIMIT]


def ending(status: int) -> str:
    if status > 0:
        return f"exits with status {status}"
    return f"was ended by {signal.Signals(-status).name}"


def failure(argv: list[str], what: str, printed: Printed, output: bool = False) -> DataError:
    """The error of a command, with the end of its standard error, and of its output if asked."""
    lines = [f"the command {what}: {shlex.join(argv)}"]
    for name, text in (("output", printed.output if output else ""), ("error", printed.errors)):
        if text.strip():
            lines += [f"  its standard {name}:", *shown(text)]
    return DataError("\n".join(lines))


def shown(text: str) -> list[str]:
    return [f"  | {line[:WIDTH]}" for line in text.rstrip().splitlines()[-TAIL:]]


# --- what it prints -------------------------------------------------------------------------------


def answer(printed: Printed, argv: list[str], point: Mapping[str, float]) -> Answer:
    """A number alone, or JSON: {"value": 1.5, "grad": {"a": 2.0}}. Raises DataError."""
    text = printed.output.strip()
    try:
        if not text.startswith("{"):
            return Answer(number(text), {})
        found = json.loads(text, parse_float=Decimal, parse_int=Decimal, parse_constant=Decimal)
        value, grad = of_json(found["value"]), found.get("grad") or {}
        gradient = {name: float(of_json(x)) for name, x in grad.items()}
    except (ValueError, KeyError, AttributeError, ArithmeticError, RecursionError):
        what = 'prints neither a number nor JSON with a "value"' if text else "prints nothing"
        raise failure(argv, what, printed, output=True) from None
    for name in gradient:
        if name not in point:
            raise failure(argv, f"prints a gradient of '{name}', which is not an input", printed)
    return Answer(value, gradient)


def number(text: str) -> Decimal:
    """A number as C, Fortran, awk and the like print it. Raises ValueError."""
    if "0x" in text.lower():  # C's %a
        return Decimal(float.fromhex(text))
    text = re.sub(r"(?<=[\d.])[dD](?=[+-]?\d)", "e", text)
    float(text)
    return Decimal(text.lower().replace("-nan", "nan"))


def of_json(value: Any) -> Decimal:
    """JSON has no nan: null stands for it."""
    if value is None:
        return Decimal("nan")
    if not isinstance(value, Decimal):
        raise ValueError
    return value


def resolution(values: Iterable[Decimal]) -> tuple[float, int]:
    """Half a unit of the last digit that is printed, 0 if it is a float's last; and the digits."""
    tuples = [value.as_tuple() for value in values if value.is_finite()]
    digits = max((len(each.digits) for each in tuples), default=FULL)
    if digits >= FULL:
        return 0.0, digits
    return 0.5 * 10.0 ** min(int(each.exponent) for each in tuples), digits
