"""What data and measured numbers say: uncertainties of results, and how sure they are."""
