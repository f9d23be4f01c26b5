#include "memos.h"

struct account accounts[ACCOUNTS] = {
    { .owner = "Ines", .balance = 125075 },
    { .owner = "Joost", .balance = 9990 },
    { .owner = "Mbali", .balance = 40 },
};

/* Only movements are history, so an amount of zero leaves no entry. */
static PROCEDURE void record(struct account *account, char sign, unsigned cents)
{
    struct entry *entry;

    if (cents == 0)
        return;
    if (account->entries == HISTORY) {
        entry = account->oldest;
        account->oldest = entry->next;
        account->entries--;
        forget(entry);
        free(entry);
    }
    entry = malloc(sizeof *entry);
    if (entry == NULL)
        return;
    entry->next = NULL;
    entry->cents = cents;
    entry->sign = sign;
    remember(entry);
    if (account->entries++ == 0)
        account->oldest = entry;
    else
        account->newest->next = entry;
    account->newest = entry;
}

PROCEDURE void open_accounts(void)
{
    struct account *account;

    for (account = accounts; account < accounts + ACCOUNTS; account++)
        record(account, '+', account->balance);
}

PROCEDURE struct account *find_account(unsigned number)
{
    return number - 1 < ACCOUNTS ? &accounts[number - 1] : NULL;
}

PROCEDURE unsigned account_number(const struct account *account)
{
    return (unsigned)(account - accounts) + 1;
}

PROCEDURE void list_accounts(void)
{
    const struct account *account;

    for (account = accounts; account < accounts + ACCOUNTS; account++)
        print("%u %s %u.%02u\n", account_number(account), account->owner,
              account->balance / 100, account->balance % 100);
}

PROCEDURE void deposit(struct account *account, unsigned cents)
{
    if (cents > BALANCE_LIMIT - account->balance) {
        print("refused: balance too high\n");
        return;
    }
    account->balance += cents;
    record(account, '+', cents);
    print("balance %u.%02u\n", account->balance / 100,
          account->balance % 100);
}

PROCEDURE void withdraw(struct account *account, unsigned cents)
{
    if (cents > account->balance) {
        print("refused: balance too low\n");
        return;
    }
    account->balance -= cents;
    record(account, '-', cents);
    print("balance %u.%02u\n", account->balance / 100,
          account->balance % 100);
}
