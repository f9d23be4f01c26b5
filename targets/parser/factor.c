#include "parser.h"

PROCEDURE int factor(struct reader *reader)
{
    unsigned number = 0;
    const char *end;
    int value;

    if (takes(reader, '-'))
        return -factor(reader);
    if (takes(reader, '(')) {
        value = expression(reader);
        if (!takes(reader, ')') && reader->error == NULL)
            reader->error = ") is missing";
        return value;
    }
    end = parse_digits(reader->at, &number);
    if (end == NULL) {
        if (reader->error == NULL)
            reader->error = "a number is missing";
        return 0;
    }
    reader->at = end;
    return (int)number;
}
