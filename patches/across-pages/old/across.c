#include "session.h"

unsigned across(unsigned n);

__attribute__((section("edge_text"))) PROCEDURE unsigned across(unsigned n)
{
    return n * 3 + 1;
}
