#include "session.h"

PROCEDURE unsigned weeks(unsigned n)
{
    switch (n) {
    case 1: return 17;
    case 2: return 3;
    case 3: return 99;
    case 4: return 4;
    case 5: return 61;
    case 6: return 18;
    case 7: return 5;
    }
    return n * 7;
}

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
