# The price of a European call; its gradients are the Greeks delta, vega, rho (theta with a minus)
spot = 100; strike = 105; rate = 0.03; sigma = 0.2; years = 0.5
cdf(x) = erfc(-x/sqrt(2))/2
d1 = (log(spot/strike) + (rate + sigma^2/2)*years)/(sigma*sqrt(years))
d2 = d1 - sigma*sqrt(years)
price = spot*cdf(d1) - strike*exp(-rate*years)*cdf(d2)
