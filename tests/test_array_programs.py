"""Programs of arrays as people write them: values by NumPy by hand, gradients by its differences."""

import numpy as np
import pytest

from micrograd_cli.analysis.report import reports
from micrograd_cli.language.block_values import by_element
from micrograd_cli.language.reading import parse
from micrograd_cli.language.run import bind
from micrograd_cli.objective import Objective


def softmax(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def rnn(W, U, b, xs, v):
    h = np.zeros(len(b))
    for x in xs:
        h = np.tanh(W @ h + U @ x + b)
    return v @ h


def gru(Wz, Uz, Wh, Uh, xs):
    h = np.zeros(len(Wz))
    for x in xs:
        z = 1 / (1 + np.exp(-(Wz @ x + Uz @ h)))
        h = (1 - z) * h + z * np.tanh(Wh @ x + Uh @ (z * h))
    return h.sum()


def attention(Q, K, V):
    return (softmax(Q @ K.T / np.sqrt(Q.shape[1])) @ V).sum()


def newton_inverse(A):
    X = A.T / (A**2).sum()
    for _ in range(12):
        X = X @ (2 * np.eye(2) - A @ X)
    return X.sum()


def heat(u, k):
    for _ in range(5):
        u = u + k * np.concatenate([[0], u[2:] - 2 * u[1:-1] + u[:-2], [0]])
    return (u**2).sum()


def rk4(y, w):
    def f(y):
        return np.array([y[1], -w * np.sin(y[0])])

    for _ in range(4):
        h = 0.1
        k1 = f(y)
        k2 = f(y + h / 2 * k1)
        k3 = f(y + h / 2 * k2)
        k4 = f(y + h * k3)
        y = y + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    return y[0]


def batch_norm(X, g, b):
    y = (X - X.mean(0)) / np.sqrt(X.var(0) + 1e-5) * g + b
    return (y**3).sum()


def layer_norm(x, g):
    return (np.tanh((x - x.mean()) / np.sqrt(x.var() + 1e-5)) * g).sum()


def conv1d(x, k):
    return (np.maximum(np.convolve(x, k[::-1], "valid"), 0) ** 2).sum()


def conv2d(A, K):
    return sum(
        np.tanh((A[i : i + 2, j : j + 2] * K).sum()) for i in range(3) for j in range(3)
    )  # fmt: skip


def jacobi(A, b):
    x = np.zeros(3)
    d = np.diag(A)
    for _ in range(6):
        x = (b - A @ x + d * x) / d
    return (x**2).sum()


def power_method(A):
    v = np.ones(3)
    for _ in range(8):
        v = A @ v / np.linalg.norm(A @ v)
    return v @ A @ v


def viterbi_like(T, e):
    a = e[0]
    for row in e[1:]:
        a = np.array([np.log(np.exp(a + T[:, j]).sum()) for j in range(len(a))]) + row
    return np.log(np.exp(a).sum())


CASES = {
    "mse": ("input w[2], b, X[4, 2], y[4]; mean((X @ w + b - y)^2)",
            lambda w, b, X, y: ((X @ w + b - y) ** 2).mean()),
    "ridge": ("input w[3], s; sum(w^2)*s + norm(w)", lambda w, s: (w**2).sum() * s + np.linalg.norm(w)),
    "rnn": ("input W[3, 3], U[3, 2], b[3], xs[4, 2], v[3]\nstep(h, x) = tanh(W @ h + U @ x + b)\n"
            "v @ fold(step, zeros(3), xs)", rnn),
    "gru": ("input Wz[2, 2], Uz[2, 2], Wh[2, 2], Uh[2, 2], xs[3, 2]\n"
            "z(h, x) = sigmoid(Wz @ x + Uz @ h)\n"
            "cell(h, x) = (1 - z(h, x))*h + z(h, x)*tanh(Wh @ x + Uh @ (z(h, x)*h))\n"
            "sum(fold(cell, zeros(2), xs))", gru),
    "attention": ("input Q[3, 2], K[4, 2], V[4, 2]\nS = Q @ transpose(K)/sqrt(2)\n"
                  "A = [softmax(row) for row in S]; sum(A @ V)", attention),
    "cross entropy": ("input W[3, 2], b[3], x[2]; z = W @ x + b; logsumexp(z) - z[1]",
                      lambda W, b, x: np.log(np.exp(W @ x + b).sum()) - (W @ x + b)[1]),
    "cross entropy of a batch": (
        "input W[3, 2], X[4, 2]; k = ([0, 2, 1, 1]); Z = X @ transpose(W)\n"
        "mean([logsumexp(Z[i]) - Z[i, k[i]] for i in range(4)])",
        lambda W, X: -np.log(softmax(X @ W.T)[range(4), [0, 2, 1, 1]]).mean()),
    "batch norm": ("input X[5, 2], g[2], b[2]\nm = [mean(X[:, j]) for j in range(2)]\n"
                   "s = [sqrt(var(X[:, j]) + 1e-5) for j in range(2)]\nsum(((X - m)/s*g + b)^3)",
                   batch_norm),
    "layer norm": ("input x[5], g[5]; sum(tanh((x - mean(x))/sqrt(var(x) + 1e-5))*g)", layer_norm),
    "convolution": ("input x[8], k[3]\n"
                    "sum(relu(sum(x[i + j]*k[j] for j in range(3)))^2 for i in range(6))", conv1d),
    "convolution in 2d": ("input A[4, 4], K[2, 2]\n"
                          "sum(tanh(sum(A[i:i+2, j:j+2]*K)) for i in range(3) for j in range(3))", conv2d),
    "max pooling": ("input A[4, 4]; sum(max(A[i:i+2, j:j+2])^2 for i in range(0, 4, 2) for j in range(0, 4, 2))",
                    lambda A: sum(A[i : i + 2, j : j + 2].max() ** 2 for i in (0, 2) for j in (0, 2))),
    "determinant": ("input A[2, 2]; log(A[0, 0]*A[1, 1] - A[0, 1]*A[1, 0] + 3)",
                    lambda A: np.log(np.linalg.det(A) + 3)),
    "inverse by newton": ("input A[2, 2]; step(X) = X @ (2*eye(2) - A @ X)\n"
                          "sum(iterate(step, transpose(A)/sum(A^2), 12))", newton_inverse),
    "heat": ("input u[6], k\nstep(u) = u + k*concat([0], [u[i+1] - 2*u[i] + u[i-1] for i in range(1, 5)], [0])\n"
             "sum(iterate(step, u, 5)^2)", heat),
    "runge kutta": ("input y[2], w; h = (0.1)\nf(y) = [y[1], -w*sin(y[0])]\n"
                    "k2(y) = f(y + h/2*f(y)); k3(y) = f(y + h/2*k2(y)); k4(y) = f(y + h*k3(y))\n"
                    "step(y) = y + h/6*(f(y) + 2*k2(y) + 2*k3(y) + k4(y))\niterate(step, y, 4)[0]", rk4),
    "jacobi": ("input A[3, 3], b[3]; d = [A[i, i] + 4 for i in range(3)]; B = A + 4*eye(3)\n"
               "step(x) = (b - B @ x + d*x)/d; sum(iterate(step, zeros(3), 6)^2)",
               lambda A, b: jacobi(A + 4 * np.eye(3), b)),
    "power method": ("input A[3, 3]; B = A + 3*eye(3); step(v) = B @ v/norm(B @ v)\n"
                     "v = iterate(step, ones(3), 8); v @ B @ v", lambda A: power_method(A + 3 * np.eye(3))),
    "forward algorithm": ("input T[2, 2], e[3, 2]\nstep(a, x) = [logsumexp(a + T[:, j]) for j in range(2)] + x\n"
                          "logsumexp(fold(step, e[0], e[1:]))", viterbi_like),
    "quadratic form": ("input A[3, 3], x[3]; x @ A @ x", lambda A, x: x @ A @ x),
    "trace": ("input A[3, 3], B[3, 3]; sum((A @ B)[i, i] for i in range(3))",
              lambda A, B: np.trace(A @ B)),
    "frobenius": ("input A[2, 3]; norm(A)", lambda A: np.linalg.norm(A)),
    "cosine": ("input x[4], y[4]; x @ y/(norm(x)*norm(y))",
               lambda x, y: x @ y / np.linalg.norm(x) / np.linalg.norm(y)),
    "kernel": ("input X[3, 2], s; sum(exp(-norm(X[i] - X[j])^2/s) for i in range(3) for j in range(3) if i != j)",
               lambda X, s: sum(np.exp(-(((X[i] - X[j]) ** 2).sum()) / s) for i in range(3) for j in range(3) if i != j)),
    "entropy": ("input z[4]; p = softmax(z); -sum(p*log(p))", lambda z: -(softmax(z) * np.log(softmax(z))).sum()),
    "kl": ("input z[3], w[3]; sum(softmax(z)*log(softmax(z)/softmax(w)))",
           lambda z, w: (softmax(z) * np.log(softmax(z) / softmax(w))).sum()),
    "polynomial": ("input c[4], x; sum(c[i]*x^i for i in range(4))", lambda c, x: np.polyval(c[::-1], x)),
    "horner": ("input c[4], x; step(s, a) = s*x + a; fold(step, 0, c[::-1])",
               lambda c, x: np.polyval(c[::-1], x)),
    "outer": ("input x[3], y[2]; sum([[a*b for b in y] for a in x]^2)", lambda x, y: (np.outer(x, y) ** 2).sum()),
    "geometric mean": ("input x[4]; prod(exp(x))^(1/len(x))", lambda x: np.exp(x.mean())),
    "huber": ("input r[4], d; sum(where(abs(r) < d, r^2/2, d*(abs(r) - d/2)))",
              lambda r, d: np.where(abs(r) < d, r**2 / 2, d * (abs(r) - d / 2)).sum()),
    "graph convolution": ("input A[3, 3], X[3, 2], W[2, 2]; S = A^2 + eye(3); d = [sum(row) for row in S]\n"
                          "sum(tanh([S[i]/d[i] for i in range(3)] @ X @ W))",
                          lambda A, X, W: np.tanh((A**2 + np.eye(3)) / (A**2 + np.eye(3)).sum(1, keepdims=True) @ X @ W).sum()),
    "moving average": ("input x[6]; std([mean(x[i:i+3]) for i in range(4)])",
                       lambda x: np.std([x[i : i + 3].mean() for i in range(4)])),
    "gradient penalty": ("input w[2], x[2]; f = tanh(w @ x)^2; norm(grad(f, x))^2",
                         lambda w, x: ((2 * np.tanh(w @ x) / np.cosh(w @ x) ** 2 * w) ** 2).sum()),
    "newton step": ("input x; f(t) = t^3 - 2*t - 5; g(t) = t - f(t)/f'(t); iterate(g, x + 2, 3)",
                    lambda x: newton_of_cubic(x + 2)),
    "divergence": ("input x[2]; F = [x[0]^2*x[1], sin(x[0]) + x[1]^3]; J = grad(F, x); J[0, 0] + J[1, 1]",
                   lambda x: 2 * x[0] * x[1] + 3 * x[1] ** 2),
    "siren": ("input W[4, 1], v[4], x; u = v @ sin(3*W @ [x]); grad(grad(u, x), x) + u",
              lambda W, v, x: v @ (np.sin(3 * W[:, 0] * x) * (1 - 9 * W[:, 0] ** 2))),
    "chosen by number": ("input t[4], x; k = floor(x + 1); t[k]*x", lambda t, x: t[int(np.floor(x + 1))] * x),
    "residual block": ("input W[3, 3], V[3, 3], x[3]; block(h) = h + V @ relu(W @ h); sum(iterate(block, x, 2))",
                       lambda W, V, x: (lambda f: f(f(x)).sum())(lambda h: h + V @ np.maximum(W @ h, 0))),
    "mixture": ("input z[2], m[2], x; logsumexp(log(softmax(z)) - (x - m)^2/2)",
                lambda z, m, x: np.log((softmax(z) * np.exp(-((x - m) ** 2) / 2)).sum())),
}  # fmt: skip


def newton_of_cubic(x):
    for _ in range(3):
        x = x - (x**3 - 2 * x - 5) / (3 * x**2 - 2)
    return x


def numbers_for(program, seed):
    rng = np.random.default_rng(seed)
    return {
        name: rng.uniform(-0.9, 0.9, program.arrays.get(name, ())) for name in program.input_names()
    }


def difference(function, numbers, name, place, h=1e-3):
    """The derivative by an element: central differences of order 4."""

    def at(step):
        moved = dict(numbers)
        moved[name] = np.array(moved[name], dtype=float)
        moved[name][place] += step
        return float(function(**moved))

    return (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h)


@pytest.mark.parametrize("name", CASES)
def test_a_program_is_its_numpy(name):
    text, function = CASES[name]
    program = parse(text)
    numbers = numbers_for(program, len(text))
    given = by_element(program.arrays, {n: x.tolist() for n, x in numbers.items()})
    report = next(reports(bind(program, given)))
    assert report.value == pytest.approx(float(function(**numbers)), rel=1e-11, abs=1e-13)
    expected = {}
    for each, x in numbers.items():
        for place in np.ndindex(x.shape):
            key = f"{each}[{','.join(map(str, place))}]" if place else each
            expected[key] = difference(function, numbers, each, place)
    assert dict(report.grad) == pytest.approx(expected, rel=1e-7, abs=1e-8)
    objective = Objective(program._replace(outputs=program.outputs[:1]), [])
    total, slopes = objective([given[each] for each in objective.parameters], {})
    assert total == pytest.approx(report.value, rel=1e-11, abs=1e-13)
    assert slopes == pytest.approx(
        [report.grad[each] for each in objective.parameters], rel=1e-9, abs=1e-11
    )
