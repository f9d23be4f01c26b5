#include "session.h"

PROCEDURE void greet(unsigned n)
{
    const char *text = "abcdefghijkl";

    print("%s|%s\n", text, text + 4);
    if (n == 3)
        print("three\n");
}

PROCEDURE void answer_back(unsigned n)
{
    print("hello\n");
    if (n == 4)
        print("four\n");
}
