/* tanh(a*b + c) and its gradient as JSON. One of the derivatives is wrong. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    double a = atof(argv[1]), b = atof(argv[2]), c = atof(argv[3]);
    double y = tanh(a*b + c), slope = 1 - y*y;
    printf("{\"value\": %.17g, \"grad\": {\"a\": %.17g, \"b\": %.17g, \"c\": %.17g}}\n",
           y, slope*b, slope*b, slope);
    return 0;
}
