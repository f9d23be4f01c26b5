#include "session.h"

PROCEDURE unsigned stir(unsigned n)
{
    return n * 5 + 1;
}
