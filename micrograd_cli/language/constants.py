"""The constants of the language, by their names and symbols."""

from __future__ import annotations

import math

SYMBOLS = {"π": "pi", "τ": "tau", "∞": "inf"}
NUMBERS = {"pi": math.pi, "tau": math.tau, "e": math.e, "inf": math.inf, "nan": math.nan}
CONSTANTS = {**NUMBERS, **{symbol: NUMBERS[name] for symbol, name in SYMBOLS.items()}}
