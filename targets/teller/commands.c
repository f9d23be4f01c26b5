#include "teller.h"

enum { WORDS = 4 };

/* The words after the name are checked by the command: false is malformed. */
struct command {
    const char *name;
    const char *usage;
    int (*run)(int count, char **words);
};

static int going = 1;

static PROCEDURE int parse_amount(const char *text, unsigned *cents)
{
    const char *rest = parse_digits(text, cents);

    if (rest == NULL || *cents > BALANCE_LIMIT / 100)
        return 0;
    *cents *= 100;
    if (*rest == '\0')
        return 1;
    if (rest[0] != '.' || rest[1] < '0' || rest[1] > '9' || rest[2] < '0' ||
        rest[2] > '9' || rest[3] != '\0')
        return 0;
    *cents += (unsigned)(rest[1] - '0') * 10 + (unsigned)(rest[2] - '0');
    return 1;
}

static PROCEDURE int parse_years(const char *text, unsigned *years)
{
    const char *rest = parse_digits(text, years);

    return rest != NULL && *rest == '\0' && *years <= YEARS_LIMIT;
}

static PROCEDURE struct account *parse_account(const char *text)
{
    unsigned number;
    const char *rest = parse_digits(text, &number);

    if (rest == NULL || *rest != '\0')
        return NULL;
    return find_account(number);
}

static PROCEDURE int run_accounts(int count, char **words)
{
    (void)words;
    if (count != 1)
        return 0;
    list_accounts();
    return 1;
}

static PROCEDURE int run_deposit(int count, char **words)
{
    struct account *account;
    unsigned cents;

    if (count != 3 || (account = parse_account(words[1])) == NULL ||
        !parse_amount(words[2], &cents))
        return 0;
    deposit(account, cents);
    return 1;
}

static PROCEDURE int run_withdraw(int count, char **words)
{
    struct account *account;
    unsigned cents;

    if (count != 3 || (account = parse_account(words[1])) == NULL ||
        !parse_amount(words[2], &cents))
        return 0;
    withdraw(account, cents);
    return 1;
}

static PROCEDURE int run_interest(int count, char **words)
{
    struct account *account;
    const struct plan *plan;
    unsigned years, earned;

    if (count < 3 || (account = parse_account(words[1])) == NULL ||
        !parse_years(words[2], &years))
        return 0;
    plan = find_plan(count == 4 ? words[3] : "simple");
    if (plan == NULL)
        return 0;
    earned = plan->grow(account->balance, years) - account->balance;
    print("interest %u.%02u\n", earned / 100, earned % 100);
    return 1;
}

static PROCEDURE int run_forecast(int count, char **words)
{
    struct account *account;
    unsigned years, cents;

    if (count != 3 || (account = parse_account(words[1])) == NULL ||
        !parse_years(words[2], &years))
        return 0;
    cents = compound(account->balance, years);
    print("forecast %u.%02u\n", cents / 100, cents % 100);
    return 1;
}

static PROCEDURE int run_statement(int count, char **words)
{
    struct account *account;

    if (count != 2 || (account = parse_account(words[1])) == NULL)
        return 0;
    print_statement(account);
    return 1;
}

static PROCEDURE int run_quit(int count, char **words)
{
    (void)words;
    if (count != 1)
        return 0;
    going = 0;
    return 1;
}

static const struct command commands[] = {
    { "accounts", "accounts", run_accounts },
    { "deposit", "deposit N AMOUNT", run_deposit },
    { "withdraw", "withdraw N AMOUNT", run_withdraw },
    { "interest", "interest N YEARS [simple|compound]", run_interest },
    { "forecast", "forecast N YEARS", run_forecast },
    { "statement", "statement N", run_statement },
    { "quit", "quit", run_quit },
};

static PROCEDURE const struct command *find_command(const char *name)
{
    const struct command *command = commands;

    for (; command < commands + sizeof commands / sizeof *commands; command++)
        if (*command->name == *name && strcmp(command->name, name) == 0)
            return command;
    return NULL;
}

/* Cuts the line in place; one word too many is counted and not kept. */
static PROCEDURE int split(char *line, char **words)
{
    int count = 0;

    for (;;) {
        while (*line == ' ')
            *line++ = '\0';
        if (*line == '\0' || count > WORDS)
            return count;
        if (count < WORDS)
            words[count] = line;
        count++;
        while (*line != ' ' && *line != '\0')
            line++;
    }
}

PROCEDURE int run_command(char *line)
{
    const struct command *command;
    char *words[WORDS];
    int count = split(line, words);

    if (count == 0)
        return 1;
    command = find_command(words[0]);
    if (command == NULL)
        print("unknown command: %s\n", words[0]);
    else if (count > WORDS || !command->run(count, words))
        print("usage: %s\n", command->usage);
    return going;
}
