# Uncertainty of g measured with a pendulum: by each input's gradient times its error
length = 0.995; period = 2.003
length_error = 0.002; period_error = 0.004
g(l, t) = 4*pi^2*l/t^2
by_length = (g(length + length_error, period) - g(length - length_error, period))/2
by_period = (g(length, period + period_error) - g(length, period - period_error))/2
g(length, period)
hypot(by_length, by_period)
