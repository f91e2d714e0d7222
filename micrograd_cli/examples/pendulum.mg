# The acceleration of free fall, measured with a pendulum: for mgrad uncertainty
# mgrad uncertainty -f pendulum.mg --length 0.995±0.002 --period 2.003±0.004
length = 0.995; period = 2.003  # m, s
g = 4*pi^2*length/period^2
