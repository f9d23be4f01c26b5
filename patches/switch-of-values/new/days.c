#include "session.h"

PROCEDURE unsigned day(unsigned month)
{
    switch (month) {
    case 0: return 0;
    case 1: return 31;
    case 2: return 59;
    case 3: return 90;
    case 4: return 120;
    case 5: return 151;
    case 6: return 181;
    }
    return 1234;
}

PROCEDURE unsigned weeks(unsigned n)
{
    return n * 7;
}
