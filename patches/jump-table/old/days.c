#include "session.h"

PROCEDURE void tell(unsigned day)
{
    switch (day) {
    case 0: print("Sunday %u\n", day); break;
    case 1: print("Monday\n"); break;
    case 2: print("Tuesday %x\n", day * 3); break;
    case 3: print("Wednesday %u %u\n", day, day + 1); break;
    case 4: print("Thursday\n"); break;
    case 5: print("Friday %u\n", day * day); break;
    case 6: print("Saturday %c\n", 'a' + (int)day); break;
    default: print("no day\n");
    }
}
