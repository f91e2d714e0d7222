# A graph convolution over Zachary's karate club: two layers, two known members
size n = 34
edges = ([
  [0, 1], [0, 2], [1, 2], [0, 3], [1, 3], [2, 3], [0, 4], [0, 5], [0, 6], [4, 6], [5, 6], [0, 7], [1, 7],
  [2, 7], [3, 7], [0, 8], [2, 8], [2, 9], [0, 10], [4, 10], [5, 10], [0, 11], [0, 12], [3, 12], [0, 13], [1, 13],
  [2, 13], [3, 13], [5, 16], [6, 16], [0, 17], [1, 17], [0, 19], [1, 19], [0, 21], [1, 21], [23, 25], [24, 25], [2, 27],
  [23, 27], [24, 27], [2, 28], [23, 29], [26, 29], [1, 30], [8, 30], [0, 31], [24, 31], [25, 31], [28, 31], [2, 32], [8, 32],
  [14, 32], [15, 32], [18, 32], [20, 32], [22, 32], [23, 32], [29, 32], [30, 32], [31, 32], [8, 33], [9, 33], [13, 33], [14, 33],
  [15, 33], [18, 33], [19, 33], [20, 33], [22, 33], [23, 33], [26, 33], [27, 33], [28, 33], [29, 33], [30, 33], [31, 33], [32, 33]
])
W = [[0.4, -0.7], [0.9, 0.3]]
v = [1.2, -0.6]
feature = [[sin(i), cos(i)] for i in range(n)]
around(h, i) = mean(h[edges[k, 0] + edges[k, 1] - i] for k in range(len(edges)) if edges[k, 0] == i or edges[k, 1] == i)
columns = transpose(feature @ transpose(W))
hidden = [[tanh(around(columns[j], i)) for j in range(2)] for i in range(n)]
score = hidden @ v
out = [around(score, i) for i in range(n)]
loss = mean(softplus(-out[0]), softplus(out[33]))
