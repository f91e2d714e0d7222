# sin(a)*b + c: the value alone
BEGIN { printf "%.17g\n", sin(a) * b + c }
