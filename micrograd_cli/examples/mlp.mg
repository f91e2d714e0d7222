# A network of two inputs, two hidden neurons and one output, with its squared error
x1 = 0.5; x2 = -1; target = 1
input u11, u12, u1, u21, u22, u2, v1, v2, v
u11 = 0.1; u12 = 0.4; u1 = 0
u21 = -0.3; u22 = 0.2; u2 = 0.1
v1 = 0.7; v2 = -0.5; v = 0.05
h1 = tanh(u11*x1 + u12*x2 + u1)
h2 = tanh(u21*x1 + u22*x2 + u2)
y = v1*h1 + v2*h2 + v
loss = square(y - target)
