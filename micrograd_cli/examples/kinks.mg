# Points without a derivative: a warning names each, with the convention that is used
x = 0
relu(x)
abs(x)
max(x, -x)
