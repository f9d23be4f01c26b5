#include "parser.h"

PROCEDURE int takes(struct reader *reader, char c)
{
    while (*reader->at == ' ')
        reader->at++;
    if (*reader->at != c)
        return 0;
    if (c != '\0')
        reader->at++;
    return 1;
}

PROCEDURE int expression(struct reader *reader)
{
    int value = term(reader);

    for (;;) {
        if (takes(reader, '+'))
            value += term(reader);
        else if (takes(reader, '-'))
            value -= term(reader);
        else
            return value;
    }
}
