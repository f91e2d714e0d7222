"""tanh(a*b + c) and its gradient as JSON; `--fault` makes the gradient by b wrong."""

import json
import math
import sys

a, b, c = map(float, sys.argv[1:4])
slope = 1 / math.cosh(a * b + c) ** 2
wrong = 1.0001 if "--fault" in sys.argv else 1
print(
    json.dumps(
        {
            "value": math.tanh(a * b + c),
            "grad": {"a": slope * b, "b": slope * a * wrong, "c": slope},
        }
    )
)
