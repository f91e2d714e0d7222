"""A syntax error, explained: from where the parser stopped to what a person should change."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set

from micrograd_cli.errors import ProgramError, Span
from micrograd_cli.language.spelling import one_line
from micrograd_cli.language.tokens import CLOSING, INFIX, OPENING, OPERAND, Token

DESCRIPTIONS = {
    "NAME": "a name",
    "NUMBER": "a number",
    "LPAR": "'('",
    "RPAR": "')'",
    "RSQB": "']'",
    "COMMA": "','",
    "EQUAL": "'='",
    "END": "the end of the statement",
}
ENDS = ("END", "$END")
POWER_SUFFIX = re.compile(r"[^\S\n]*(?:[⁺⁻]?[⁰¹²³⁴-⁹]+|(?:\^|\*\*)[^\S\n]*[+\-−]*(?=[\w(.]))")
BLANKS = re.compile(r"[^\S\n]*")
WORD = re.compile(r"[\w.]*|`[^`\n]+`|[√∛∞]")


def explain(
    text: str,
    previous: Token | None,
    token: Token,
    allowed: Set[str],
    brackets: list[int],
    starts: list[int],
) -> ProgramError:
    """The error at a token that the parser cannot take; `starts` are those of its open symbols."""
    from micrograd_cli.language.hints import hint

    error = complaint(text, previous, token, allowed, brackets, starts)
    if not (token.kind in ENDS and brackets):  # an open bracket is missed, whatever stands in it
        error.hint = hint(text, token.start, "NUMBER" in allowed) or error.hint
    return error


def complaint(
    text: str,
    previous: Token | None,
    token: Token,
    allowed: Set[str],
    brackets: list[int],
    starts: list[int],
) -> ProgramError:
    if token.kind == "UNKNOWN":
        return unknown_character(token)
    if token.kind in ENDS and brackets:
        opening = text[brackets[-1]]
        closing = "])"[opening == "("]
        place = (brackets[-1], brackets[-1] + 1)
        rows = opening == "[" and text[token.start : token.end] == ";"
        hint = "rows stand in brackets of their own: [[1, 2], [3, 4]]" if rows else ""
        hint = hint or f"add the missing '{closing}'"
        return ProgramError(f"'{opening}' is never closed", place, hint)
    if token.kind == "FUNCTION" or (token.kind == "EQUAL" and "NUMBER" not in allowed):
        return bad_assignment(token, brackets, starts)
    if token.kind == "COEFFICIENT" and "NUMBER" in allowed:
        return two_readings(text, token, starts)
    if "NUMBER" in allowed:
        return missing_operand(previous, token)
    if token.kind in OPERAND and allowed & INFIX:
        return missing_operator(previous, token)
    if token.kind == "COMPARE" and len(starts) > 2 and text[starts[-2]] in "<=>!":
        return chained_comparison(text, token, starts)
    if token.kind in CLOSING and not brackets and "END" in allowed:
        return ProgramError(f"'{token.text}' closes no bracket", span(token))
    if token.kind == "COMMA" and "END" in allowed:
        return ProgramError("',' outside brackets", span(token), "separate outputs with ';'")
    return unexpected(token, allowed - (set() if brackets else CLOSING))


def span(token: Token) -> Span:
    return token.start, token.end


def unknown_character(token: Token) -> ProgramError:
    from micrograd_cli.language.hints import meant

    plain = meant(token.text)
    shown = token.text if token.text.isprintable() else f"U+{ord(token.text):04X}"
    message = f"unexpected character '{shown}'"
    return ProgramError(message, span(token), f"did you mean '{plain}'?" if plain else "")


def bad_assignment(token: Token, brackets: list[int], starts: list[int]) -> ProgramError:
    if brackets:
        return ProgramError("'=' inside brackets", span(token), "did you mean '=='?")
    left = (starts[-1] if starts and token.kind == "EQUAL" else token.start, token.end)
    return ProgramError(
        "only a name, or a function such as f(x), can be assigned", left, "did you mean '=='?"
    )


def missing_operand(previous: Token | None, token: Token) -> ProgramError:
    if previous is None or previous.kind == "END":
        if token.kind in INFIX and previous is not None and previous.text != ";":
            return ProgramError(
                f"a line cannot start with '{token.text}'",
                span(token),
                "end the line before with it, or put brackets round both lines",
            )
        what = f"nothing to assign before '{token.text}'" if token.kind == "EQUAL" else ""
        what = what or f"missing operand before '{token.text}'"
        if token.kind in CLOSING:
            what = f"'{token.text}' closes no bracket"
        return ProgramError(what, span(token))
    after = (previous.end, previous.end)
    if OPENING.get(previous.kind) == token.kind:
        return ProgramError("nothing between the brackets", (previous.start, token.end))
    if previous.kind in (*OPENING, "COMMA") and token.kind in ("COMMA", *CLOSING):
        return ProgramError(f"missing argument before '{token.text}'", span(token))
    if token.kind in (*ENDS, "COMMA", *CLOSING):
        return ProgramError(f"missing operand after '{previous.text}'", after)
    return ProgramError(
        f"missing operand between '{previous.text}' and '{token.text}'", span(token)
    )


def missing_operator(previous: Token | None, token: Token) -> ProgramError:
    assert previous is not None
    both = (previous.start, token.end)
    numbers = {"NUMBER", "COEFFICIENT"}
    no_product = token.kind == "NOT" or {previous.kind, token.kind} <= numbers
    product = "" if no_product else f"did you mean '{previous.text}*{token.text}'?"
    message = f"missing operator between '{previous.text}' and '{token.text}'"
    return ProgramError(message, both, product)


def two_readings(text: str, token: Token, starts: Sequence[int]) -> ProgramError:
    """1/2x may be 1/(2*x) or (1/2)*x."""
    place = len(starts) - 1
    while text[starts[place]] in "+-−":
        place -= 1
    end = operand_end(text, token.end)
    left, operator, number, factor = (
        one_line(text[start:stop])
        for start, stop in (
            (starts[place - 1], starts[place]),
            (starts[place], starts[place] + 1 + (text[starts[place]] == text[starts[place] + 1])),
            (token.start if place == len(starts) - 1 else starts[place + 1], token.end),
            (token.end, end),
        )
    )
    readings = f"write {left}{operator}({number}*{factor}) or ({left}{operator}{number})*{factor}"
    return ProgramError("a product without '*' has two readings here",
                        (starts[place - 1], end), readings)  # fmt: skip


def operand_end(text: str, start: int) -> int:
    """Where a name, a call or a bracket ends that begins there, with its power."""
    end = matched(WORD, text, matched(BLANKS, text, start))
    if text.startswith("(", end):
        end = bracket_end(text, end)
    power = matched(POWER_SUFFIX, text, end)
    if power > end and text[power - 1] in "^*+-−":
        return operand_end(text, power)
    return power


def matched(pattern: re.Pattern[str], text: str, start: int) -> int:
    """Where a pattern ends that begins there; `start` if it does not match."""
    found = pattern.match(text, start)
    return found.end() if found else start


def bracket_end(text: str, start: int) -> int:
    """Where the bracket that opens there is closed, or the end of the text."""
    depth = 0
    for place in range(start, len(text)):
        depth += (text[place] == "(") - (text[place] == ")")
        if depth == 0:
            return place + 1
    return len(text)


def chained_comparison(text: str, token: Token, starts: list[int]) -> ProgramError:
    left, sign, middle = (
        text[start:end].strip()
        for start, end in zip(starts[-3:], [*starts[-2:], token.start], strict=True)
    )
    whole = f"{left} {sign} {middle} and {middle} {token.text} ..."
    hint = f"write '{whole}'" if len(whole) <= 40 and "\n" not in whole else "join two with 'and'"
    return ProgramError("comparisons do not chain", span(token), hint)


def unexpected(token: Token, allowed: Set[str]) -> ProgramError:
    words = [DESCRIPTIONS[kind] for kind in DESCRIPTIONS if kind in allowed]
    if INFIX & allowed:
        words.insert(0, "an operator")
    shown = f"'{token.text}'" if token.text.strip() else "end of the statement"
    expected = " or ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))
    return ProgramError(f"unexpected {shown}", span(token), f"expected {expected}")
