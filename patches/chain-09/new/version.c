#include "chain.h"

PROCEDURE unsigned version(unsigned number)
{
    switch (number) {
    case 1:
        return 91;
    case 2:
        return 920;
    case 3:
        return 9300;
    case 4:
        return 1;
    case 5:
        return 95;
    case 6:
        return 16;
    default:
        return 9;
    }
}
