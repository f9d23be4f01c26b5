/* A service that keeps nothing of a request once it is answered.

       service                    requests are the numbers in lines of input
       service COUNT [ROUNDS]     requests are 0 to COUNT - 1

   A request takes about 20,000 instructions a round. */
#include "service.h"

static PROCEDURE void serve_lines(unsigned rounds)
{
    char line[32];
    unsigned request;

    while (read_line(line, sizeof line) >= 0) {
        if (parse_digits(line, &request) == NULL)
            print("no number\n");
        else
            answer(request, median(request, rounds));
    }
}

static PROCEDURE void serve_count(unsigned count, unsigned rounds)
{
    unsigned request;

    for (request = 0; request < count; request++)
        answer(request, median(request, rounds));
}

int main(int arguments, char **words)
{
    unsigned count = 0, rounds = 1;

    if (arguments > 1 && parse_digits(words[1], &count) == NULL)
        return 2;
    if (arguments > 2 &&
        (parse_digits(words[2], &rounds) == NULL || rounds == 0))
        return 2;
    if (arguments == 1)
        serve_lines(rounds);
    else
        serve_count(count, rounds);
    return 0;
}
