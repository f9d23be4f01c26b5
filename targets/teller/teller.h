#ifndef TELLER_H
#define TELLER_H

#include "runtime.h"

enum {
    ACCOUNTS = 3,
    HISTORY = 8,
    YEARS_LIMIT = 99,
    BALANCE_LIMIT = 100000000,
};

struct entry {
    struct entry *next;
    unsigned cents;
    char sign;
};

/* Amounts are in cents. */
struct account {
    char owner[8];
    unsigned balance;
    unsigned entries;
    struct entry *oldest;
    struct entry *newest;
};

/* What an amount has become after some years. */
typedef unsigned growth(unsigned cents, unsigned years);

struct plan {
    const char *name;
    growth *grow;
};

/* accounts.c */
extern struct account accounts[ACCOUNTS];
void open_accounts(void);
struct account *find_account(unsigned number);
unsigned account_number(const struct account *account);
void list_accounts(void);
void deposit(struct account *account, unsigned cents);
void withdraw(struct account *account, unsigned cents);

/* interest.c */
growth compound;
const struct plan *find_plan(const char *name);

/* statement.c */
void print_statement(const struct account *account);

/* commands.c: whether to go on. */
int run_command(char *line);

#endif
