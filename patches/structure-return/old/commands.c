#include "session.h"
#include "divide.h"

void answer(unsigned number, unsigned turn)
{
    struct quotient result = divide(number * 100, turn + 3);

    print("%u %u %u %u\n", result.whole, result.rest, result.divisor,
          result.check[1]);
}
