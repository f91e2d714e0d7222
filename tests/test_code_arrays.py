"""`diff --to`: arrays are taken and returned in the target's own way; against the engine."""

import json
import shutil
import subprocess

import numpy as np
import pytest

import micrograd_cli

TEXT = "input W[2, 3], x[3], s, b[2]; sum(tanh(W @ x + b))*s + max(W)"
W = [[0.5, -1.25, 2.0], [0.25, 1.5, -0.75]]
X, S, B = [0.3, -0.4, 1.1], 0.7, [0.1, -0.2]
VALUE, GRADS = micrograd_cli.gradients(TEXT, W=W, x=X, s=S, b=B)
NAMES = ["W", "x", "s", "b"]
FLAT = [VALUE, *[float(x) for name in NAMES for x in np.ravel(GRADS[name])]]


def code(mgrad, target, *words):
    done = mgrad("diff", *(words or [TEXT]), "--to", target)
    assert done.returncode == 0, done.stderr
    return done.stdout


def function(source):
    names: dict = {}
    exec(source, names)
    return names["f"]


def test_python_takes_lists(mgrad):
    value, slopes = function(code(mgrad, "python"))(W, X, S, B)
    assert value == pytest.approx(VALUE)
    for name, slope in zip(NAMES, slopes, strict=True):
        assert np.shape(slope) == np.shape(GRADS[name])
        assert np.allclose(slope, GRADS[name], rtol=1e-13)


def test_numpy_takes_arrays_of_many_points(mgrad):
    f = function(code(mgrad, "numpy"))
    value, slopes = f(W, X, S, B)
    assert float(value) == pytest.approx(VALUE)
    many = [np.stack([each, np.asarray(each) * 2]) for each in (W, X, S, B)]
    values, several = f(*many)
    second, others = micrograd_cli.gradients(TEXT, W=many[0][1], x=many[1][1], s=many[2][1],
                                             b=many[3][1])  # fmt: skip
    assert np.allclose(values, [VALUE, second], rtol=1e-13)
    for name, slope, both in zip(NAMES, slopes, several, strict=True):
        assert slope.shape == np.shape(GRADS[name])
        assert both.shape == (2, *np.shape(GRADS[name]))
        assert np.allclose(both, [GRADS[name], others[name]], rtol=1e-13)


def test_c_takes_pointers(mgrad, tmp_path):
    compiler = shutil.which("cc") or shutil.which("gcc")
    if not compiler:
        pytest.skip("no C compiler")
    flat = [f"{{{', '.join(map(repr, map(float, np.ravel(each))))}}}" for each in (W, X, B)]
    main = f"""
#include <stdio.h>
int main(void)
{{
    const double W[] = {flat[0]}, x[] = {flat[1]}, b[] = {flat[2]};
    double grad[12];
    printf("%.17g\\n", f(W, x, {S}, b, grad));
    for (int i = 0; i < 12; i++)
        printf("%.17g\\n", grad[i]);
}}
"""
    source, program = tmp_path / "f.c", tmp_path / "f"
    source.write_text(code(mgrad, "c") + main, encoding="utf-8")
    flags = ["-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic"]
    subprocess.run([compiler, *flags, str(source), "-o", str(program), "-lm"], check=True)
    found = subprocess.run([str(program)], capture_output=True, text=True, check=True).stdout
    assert np.allclose([*map(float, found.split())], FLAT, rtol=1e-13)


def test_javascript_takes_arrays(mgrad, tmp_path):
    node = shutil.which("node")
    if not node:
        pytest.skip("no node")
    path = tmp_path / "f.js"
    call = f"console.log(JSON.stringify(f({W}, {X}, {S}, {B})));"
    path.write_text(code(mgrad, "javascript") + call, encoding="utf-8")
    found = json.loads(subprocess.run([node, str(path)], capture_output=True, check=True).stdout)
    assert found["value"] == pytest.approx(VALUE)
    assert list(found["grad"]) == NAMES
    for name, slope in found["grad"].items():
        assert np.allclose(slope, GRADS[name], rtol=1e-13)


def test_rust_takes_slices(mgrad, tmp_path):
    rustc = shutil.which("rustc")
    if not rustc:
        pytest.skip("no rustc")
    flat = [float(x) for x in np.ravel(W)]
    main = f"""
fn main() {{
    let (value, (d_w, d_x, d_s, d_b)) = f(&{flat}, &vec!{X}, {S}, &{B});
    println!("{{}}", value);
    for x in d_w.iter().chain(&d_x).chain(&[d_s]).chain(&d_b) {{
        println!("{{}}", x);
    }}
}}
"""
    path, program = tmp_path / "f.rs", tmp_path / "f"
    path.write_text(code(mgrad, "rust") + main, encoding="utf-8")
    subprocess.run([rustc, "--edition=2021", "-D", "warnings", str(path), "-o", str(program)],
                   check=True)  # fmt: skip
    found = subprocess.run([str(program)], capture_output=True, text=True, check=True).stdout
    assert np.allclose([*map(float, found.split())], FLAT, rtol=1e-13)


def test_sympy_has_a_symbol_for_each_element(mgrad):
    names: dict = {}
    exec(code(mgrad, "sympy", "input x[2], A[2, 2]; x @ (A @ x)"), names)
    point = {names[f"x_{i}"]: i + 2 for i in range(2)}
    point |= {names[f"A_{i}_{j}"]: 3 * i + j for i in range(2) for j in range(2)}
    _, grads = micrograd_cli.gradients("input x[2], A[2, 2]; x @ (A @ x)", x=[2, 3],
                                       A=[[0, 1], [3, 4]])  # fmt: skip
    assert float(names["d_x_1"].subs(point)) == grads["x"][1]
    assert float(names["d_A_1_0"].subs(point)) == grads["A"][1][0]


def test_an_array_of_results_is_one(mgrad):
    f = function(code(mgrad, "python", "input A[2, 2], x[2]; y = A @ x", "--order", "0"))
    assert f([[1, 2], [3, 4]], [5, 6]) == [17, 39]
    source = code(mgrad, "c", "input A[2, 2], x[2]; y = A @ x", "--order", "0")
    assert "void f(const double *A, const double *x, double out[2])" in source


def test_rust_returns_arrays(mgrad):
    """Their types and texts; that they compile, `test_rust_takes_slices` tells of gradients."""
    one = code(mgrad, "rust", "input A[2, 2], x[2]; y = A @ x", "--order", "0")
    assert "-> [f64; 2] {" in one
    assert "let y_1 = A[2]*x[0] + A[3]*x[1];\n    [y_0, y_1]\n}" in one
    two = code(mgrad, "rust", "input x[2]; y = 2*x; y; x[0]", "--order", "0")
    assert "-> ([f64; 2], f64) {" in two


def test_parts_of_arrays_stay_numbers(mgrad):
    f = function(code(mgrad, "python", "input x[3]; x @ x", "--wrt", "x[0],x[2]"))
    assert f([1, 2, 3]) == (14, (2, 6))
    f = function(code(mgrad, "python", "input x[2]; x[0]^2*x[1]", "--order", "2"))
    value, slopes = f([3, 5])
    assert (value, slopes) == (45, (10, 6, 0))


def test_names_do_not_meet(mgrad):
    f = function(code(mgrad, "python", "input W[2, 2], W_0_0; W[0, 0]*W_0_0 + W[1, 1]"))
    value, (d_w, d_other) = f([[2, 0], [0, 5]], 7)
    assert (value, d_w, d_other) == (19, [[7, 0], [0, 1]], 2)
