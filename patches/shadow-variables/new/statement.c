#include "memos.h"

static PROCEDURE void print_heading(const struct account *account)
{
    print("statement %u\n", account_number(account));
    print("statement %u, %s\n", account_number(account), account->owner);
}

static PROCEDURE void print_entry(const struct entry *entry)
{
    print("%c%u.%02u\n", entry->sign, entry->cents / 100, entry->cents % 100);
}

PROCEDURE void print_statement(const struct account *account)
{
    const struct entry *entry;
    unsigned francs = 0;

    print_heading(account);
    for (entry = account->oldest; entry != NULL; entry = entry->next) {
        print_entry(entry);
        francs += francs_of(entry);
    }
    print("some %u moved\n", francs);
}
