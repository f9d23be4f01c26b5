#include "session.h"

PROCEDURE void greet(unsigned n)
{
    print("say world\n");
    if (n == 3)
        print("three\n");
}

PROCEDURE void answer_back(unsigned n)
{
    print("world\n");
    if (n == 4)
        print("four\n");
}
