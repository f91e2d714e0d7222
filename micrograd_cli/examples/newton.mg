# Newton's method with grad: ten steps to the root of cos(x) = a*x, and how it depends on a
a = 1; start = 0.5
f(x) = cos(x) - a*x
step(x) = x - f(x)/f'(x)
root = iterate(step, start, 10)
