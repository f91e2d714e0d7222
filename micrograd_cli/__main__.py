"""The process: runs a command and turns whatever ends it into an exit status."""

from __future__ import annotations

import gc
import os
import sys


def main() -> None:
    """Run the command line and exit with its status (see the README); never with a traceback."""
    gc.disable()  # graphs have no cycles, and the process is ours: the library does not do this
    try:
        fill_closed_streams()
        from micrograd_cli.commands import run

        status = run(sys.argv[1:])
        sys.stdout.flush()
    except KeyboardInterrupt:
        status = 130
    except BrokenPipeError:
        silence(sys.stdout)
        status = 141
    except OSError as error:
        silence(sys.stdout)
        print(f"error: cannot write the output: {error.strerror}", file=sys.stderr)
        status = 5
    except Exception as error:
        if os.environ.get("MGRAD_TRACEBACK"):
            raise
        print(f"error: mgrad itself has failed: {type(error).__name__}: {error}", file=sys.stderr)
        print("  please report the command; MGRAD_TRACEBACK=1 shows where", file=sys.stderr)
        status = 70
    sys.exit(status)


def fill_closed_streams() -> None:
    """Give each standard stream that is closed (`>&-`) something to stand for it.

    Files that are opened later would take its number, and be written to or read by mistake. There
    is then nothing to read, what is said goes nowhere, and a result that is written is an error,
    as what stands for standard output is open for reading alone.
    """
    for name in ("stdin", "stdout", "stderr"):  # the lowest number that is free is each one's own
        if getattr(sys, name) is None:
            number = os.open(os.devnull, os.O_WRONLY if name == "stderr" else os.O_RDONLY)
            mode = "r" if name == "stdin" else "w"
            stream = open(number, mode, encoding="utf-8", errors="backslashreplace")  # noqa: SIM115
            setattr(sys, name, stream)


def silence(stream: object) -> None:
    """Point a stream that cannot be written at nothing: Python's own last flush is then quiet."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())  # type: ignore[attr-defined]


if __name__ == "__main__":
    main()
