# The same neuron with tanh written by exp
x1 = 2; x2 = 0
w1 = -3; w2 = 1
b = 6.8813735870195432
n = x1*w1 + x2*w2 + b
e2n = exp(2*n)
o = (e2n - 1)/(e2n + 1)
