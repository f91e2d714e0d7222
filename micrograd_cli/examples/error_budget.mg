# Error propagation: the uncertainty of g from a pendulum's length and period
L = 1.5; T = 2.46; uL = 0.002; uT = 0.01
g = (2*pi/T)^2*L
u = hypot(grad(g, L)*uL, grad(g, T)*uT)
