#include "memos.h"

static PROCEDURE void print_heading(const struct account *account)
{
    print("statement %u\n", account_number(account));
    print("statement %u, %s\n", account_number(account), account->owner);
}

static PROCEDURE void print_entry(const struct entry *entry)
{
    print("%c%u.%02u (some %u)\n", entry->sign, entry->cents / 100,
          entry->cents % 100, francs_of(entry));
}

PROCEDURE void print_statement(const struct account *account)
{
    const struct entry *entry;

    print_heading(account);
    for (entry = account->oldest; entry != NULL; entry = entry->next)
        print_entry(entry);
}
