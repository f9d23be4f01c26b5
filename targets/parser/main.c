/* A calculator: evaluates the expression in each line by recursive descent. */
#include "parser.h"

static PROCEDURE void evaluate(const char *line)
{
    struct reader reader = { line, NULL };
    int value = expression(&reader);

    if (reader.error == NULL && !takes(&reader, '\0'))
        reader.error = "something is left";
    if (reader.error == NULL)
        print("%d\n", value);
    else
        print("%s at %d\n", reader.error, (int)(reader.at - line));
}

int main(void)
{
    char line[64];

    while (read_line(line, sizeof line) >= 0)
        evaluate(line);
    return 0;
}
