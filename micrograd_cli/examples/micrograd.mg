# The expression of micrograd's README: g is 24.7041, dg/da 138.8338, dg/db 645.5773
a = -4; b = 2
c0 = a + b
d0 = a*b + b^3
c1 = c0 + c0 + 1
c = c1 + 1 + c1 - a
d1 = d0 + d0*2 + relu(b + a)
d = d1 + 3*d1 + relu(b - a)
e = c - d
f = e^2
g = f/2 + 10/f
