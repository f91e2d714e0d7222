"""The language: precedence, statements, names, sizes; and the parser against Lark's own."""

import math
import random
import sys
from pathlib import Path

import pytest
from lark import Lark, UnexpectedInput

from micrograd_cli.errors import ProgramError
from micrograd_cli.language import grammar
from micrograd_cli.language.reading import parse
from micrograd_cli.language.run import bind
from micrograd_cli.language.scanner import pattern


def outputs(text, **numbers):
    program = parse(text)
    run = bind(program, numbers)
    return [run.value(output.node) for output in program.outputs]


def value(text, **numbers):
    (only,) = outputs(text, **numbers)
    return only


SAME_IN_PYTHON = """
1 + 2*3 | (1 + 2)*3 | 2**3**2 | -2**2 | (-2)**2 | 2**-1 | -2**-2 | 2*-3 | 7 % 3 | -7 % 3 | 7 % -3
1 - 2 - 3 | 1 - (2 - 3) | 8/4/2 | 8/(4/2) | 2*3 % 4 | -3 % 2 | - -3 | +-+3 | 1_000.5e-1_0 | .5 + 2.
1 < 2 | 2 <= 2 | 1 > 2 | 2 >= 3 | 1 == 1 | 1 != 1 | not 1 < 2 | not 0 == 1 | 1 + 1 == 2
1 < 2 and 3 < 4 | 0 or 1 and 0 | not 0 or 1 | not (0 or 1)
"""


@pytest.mark.parametrize("text", SAME_IN_PYTHON.strip().replace("\n", "|").split("|"))
def test_arithmetic_is_pythons(text):
    assert value(text.strip()) == eval(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2^3^2", [512]), ("-2^2", [-4]), ("2^-1", [0.5]), ("-7 % 3", [2]), ("2 and 3", [1]),
        ("0 or 5", [1]), ("not 5", [0]), ("1; 2\n3", [1, 2, 3]), ("(1 +\n 2)", [3]),
        ("1 +\n 2", [3]), ("max(1,\n2)", [2]), ("a = 2 # two\n# all\na*a", [4]),
        ("pi = 3; pi", [3]), ("e = 2; f(e) = e*10; f(4) + e", [42]), ("f() = 7; f()", [7]),
        ("input = 3; input*2", [6]), ("input a\na = 2\na^2", [4]), ("a = 1; b = a + 1", [2]),
        ("a = 2; n = a*a; n; n + 1", [4, 5]), ("gamma = 2; f(x) = x^gamma; f(3)", [9]),
        ("k = 3; f(x) = k*x; g(x) = f(f(x)) + x; g(2)", [20]), ("f(x) = x; f(f(f(1)))", [1]),
        ("f(x) = y = 2", None), ("-a = 3", None), ("inf", [math.inf]), ("-inf", [-math.inf]),
        ("1/0; -1/0; log(0); exp(1000); 0^0", [math.inf, -math.inf, -math.inf, math.inf, 1]),
        ("a = 1;;; \n\n; a", [1]), ("a = (1)", [1]), ("a = -3; abs(a)", [3]), ("é = 2; é^2", [4]),
        ("e\u0301 = 2; \u00e9^2", [4]), ("日本 = 2; 日本", [2]), ("log(8, 2)", [3]), ("ln(1)", [0]),
    ],
)  # fmt: skip
def test_programs(text, expected):
    if expected is None:
        with pytest.raises(ProgramError):
            parse(text)
    else:
        assert outputs(text) == expected


def test_a_parameter_shadows_a_constant_inside_the_body_only():
    assert value("f(e) = e; f(2) + e") == 2 + math.e


def test_nan_where_no_real_number_is():
    assert all(math.isnan(each) for each in outputs("log(-1); (-8)^(1/3); nan; 0/0; asin(2)"))


def test_inputs_stand_in_order_of_appearance_or_declaration():
    assert list(parse("b*a + c").inputs) == ["b", "a", "c"]
    assert list(parse("input c, b, d\nb*a + c").inputs) == ["c", "b", "d", "a"]
    assert list(parse("y = 2\nx*y").inputs) == ["y", "x"]


def test_the_last_named_node_is_the_output_where_no_expression_is_bare():
    (output,) = parse("a = 2; n = a*a; m = (n + 1)").outputs
    assert output.name == "m"
    assert parse("n = a*a; n").outputs[0].name == "n"
    assert parse("n = a*a; n + 1").outputs[0].name is None


def test_a_name_can_be_forced_to_be_an_input():
    assert list(parse("e*x").inputs) == ["x"]
    assert list(parse("e*x", inputs=["e"]).inputs) == ["e", "x"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(" * 100_000 + "a" + ")" * 100_000, 1.0),
        ("-" * 100_000 + "a", 1.0),
        ("+".join(["a"] * 1_000_000), 1e6),
        ("1.0000001^" * 1000 + "a", 1.00000010000001),
        ("\n".join(["x0 = a"] + [f"x{i} = x{i - 1}*1" for i in range(1, 100_000)]), 1.0),
        ("\n".join(["f0(x) = x+1"] + [f"f{i}(x) = f{i - 1}(x)" for i in range(1, 10_000)])
         + "\nf9999(a)", 2.0),
    ],
    ids=["brackets", "minuses", "sum", "powers", "names", "calls"],
)  # fmt: skip
def test_nothing_recurses(text, expected):
    assert value(text, a=1) == expected


def test_a_chain_of_a_million_nodes():
    squares = "f0(x) = x*1\n" + "\n".join(f"f{i}(x) = f{i - 1}(f{i - 1}(x))" for i in range(1, 20))
    assert value(squares + "\nf19(f19(a))", a=3) == 3


def test_a_program_that_doubles_ends_in_an_error_about_its_size():
    doubling = "\n".join(f"f{i}(x) = f{i - 1}(x) + f{i - 1}(x)" for i in range(1, 41))
    with pytest.raises(ProgramError, match="too large: 1,099,511,627,77"):
        parse(f"f0(x) = x\n{doubling}\nf40(a)")
    parse(f"f0(x) = x\n{doubling}\na")  # defined but never called


def test_the_tables_are_fresh():
    from micrograd_cli.language import tables

    made = grammar.analyse(grammar.grammar_text())
    assert grammar.Tables(*tables.TABLES) == made, "run python -m micrograd_cli.language.grammar"
    assert Path(tables.__file__).read_text(encoding="utf-8") == grammar.source(made)


def test_stale_tables_are_made_anew(monkeypatch):
    changed = grammar.grammar_text().replace("POWER.1: /", "POWER.1: /↑|")
    monkeypatch.setattr(grammar, "grammar_text", lambda: changed)
    assert "↑" in grammar.load().pattern


def test_tables_that_are_missing_are_made(monkeypatch):
    from micrograd_cli import language

    made = grammar.load()
    monkeypatch.delattr(language, "tables", raising=False)
    monkeypatch.setitem(sys.modules, "micrograd_cli.language.tables", None)
    assert grammar.load() == made


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("1/-2x", "write 1/(-2*x) or (1/-2)*x"),
        ("1/2x^-y", "write 1/(2*x^-y) or (1/2)*x^-y"),
        ("sin⁻¹(x)", "write 'asin(x)' for the inverse function, '1/sin(x)' for the reciprocal"),
        ("2ⁿ", "did you mean '^n'?"),
    ],
)
def test_what_is_no_program_has_a_hint(text, hint):
    with pytest.raises(ProgramError) as caught:
        parse(text)
    assert caught.value.hint == hint


@pytest.mark.parametrize(
    ("body", "name"), [("-x", 12 * "-" + "..."), ("x + a", "..." + 9 * " + a")]
)
def test_the_name_of_what_is_repeated_ends_somewhere(body, name):
    program = parse(f"f(x) = {body}; iterate(f, a, 20)")
    (inner,) = {program.labels(node) for node in program.outputs[0].node.args} - {"a"}
    assert inner == name


def test_the_pattern_for_ascii_finds_the_same_tokens():
    rng = random.Random(2)
    pieces = [
        "x",
        "f(x) =",
        "input a",
        "for",
        "if",
        "2x",
        "1e5",
        "0x1F",
        "`a b`",
        "# note\n",
        "\n",
        "'",
    ]
    signs = [
        *list('+-*/%^@()[],;:=<>!&~"$\\{}|_ \t.'),
        "<=",
        "**",
        "and",
        "or",
        "f''(x)",
        "size n = 3",
    ]
    texts = ["".join(rng.choices(pieces + signs, k=12)) for _ in range(3000)]
    for text in texts:
        found = [
            [(match.lastgroup, match.span()) for match in pattern(ascii_only).finditer(text)]
            for ascii_only in (True, False)
        ]
        assert found[0] == found[1], text


def test_lark_itself_accepts_the_same_programs():
    """Random strings of tokens: the parser and Lark's own agree on which are programs."""
    lark = Lark(grammar.grammar_text(), parser="lalr", lexer="basic", start="program")
    words = "a b 2 .5 ( ) ( ) , + - * / % ^ ** < == and or not sin input = ; f(x)=".split()
    rng = random.Random(1)
    accepted = 0
    for _ in range(20_000):
        text = " ".join(rng.choices(words, k=rng.randint(1, 7))) + ";"
        try:
            lark.parse(text)
            expected = True
        except UnexpectedInput:
            expected = False
        assert syntax_is_right(text) == expected, text
        accepted += expected
    assert accepted > 500


def syntax_is_right(text):
    class Silent:
        def __getattr__(self, name):
            return lambda *args: None

    from micrograd_cli.language.parser import parse as run

    try:
        run(text, Silent())
    except ProgramError:
        return False
    return True
