#include "parser.h"

PROCEDURE int term(struct reader *reader)
{
    int value = factor(reader);

    for (;;) {
        if (takes(reader, '*')) {
            value *= factor(reader);
        } else if (takes(reader, '/')) {
            int divisor = factor(reader);

            value = divisor == 0 ? 0 : value / divisor;
        } else {
            return value;
        }
    }
}
