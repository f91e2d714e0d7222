#!/bin/sh
# a*a*b - c, worked out by bc, which knows no exponents
plain() { printf '%.20f' "$1"; }
echo "scale=30; $(plain "$1") * $(plain "$1") * $(plain "$2") - $(plain "$3")" | bc
