/* Procedures that are called when this version comes and when it goes. The
   mark lies behind the name of an account, where nobody else looks. */
#include "teller.h"

enum { MARK = 42, DEEP = 40, TRIES = 3 };

static unsigned agreed;
static unsigned total;

static char *mark_of(struct account *account)
{
    return &account->owner[sizeof account->owner - 1];
}

/* Deeper than any window file. */
static PROCEDURE unsigned count_down(unsigned depth)
{
    return depth == 0 ? 0 : 1 + count_down(depth - 1);
}

PROCEDURE int hook_check(void)
{
    /* It is undone, so it is 0 the next time, too. */
    return agreed++ == 0 ? 0 : 1;
}

/* Not while the last account has more than 44 cents. */
PROCEDURE int hook_check_balance(void)
{
    return accounts[ACCOUNTS - 1].balance > 44;
}

PROCEDURE int hook_pre(void)
{
    return count_down(DEEP) == DEEP ? 0 : 1;
}

PROCEDURE int hook_transfer(void)
{
    struct account *account;

    for (account = accounts; account < accounts + ACCOUNTS; account++) {
        total += account->balance;
        *mark_of(account) = MARK;
    }
    return 0;
}

PROCEDURE int hook_post(void)
{
    return total != 0 && *mark_of(accounts) == MARK ? 0 : 1;
}

PROCEDURE int hook_rollback_check(void)
{
    return *mark_of(accounts) == MARK ? 0 : 1;
}

PROCEDURE int hook_rollback_pre(void)
{
    return count_down(DEEP) == DEEP ? 0 : 1;
}

PROCEDURE int hook_rollback_transfer(void)
{
    struct account *account;

    for (account = accounts; account < accounts + ACCOUNTS; account++)
        *mark_of(account) = 0;
    return 0;
}

PROCEDURE int hook_rollback_post(void)
{
    return *mark_of(accounts);
}

/* Those that fail do so after they have changed something. */
PROCEDURE int hook_refuse(void)
{
    *mark_of(accounts) = MARK;
    return 7;
}

PROCEDURE int hook_fault(void)
{
    *mark_of(accounts) = MARK;
    return *(volatile int *)(size_t)count_down(sizeof(int));
}

PROCEDURE int hook_loop(void)
{
    for (;;)
        ++*(volatile char *)mark_of(accounts);
}

PROCEDURE int hook_exit(void)
{
    *mark_of(accounts) = MARK;
    exit(TRIES);
}

PROCEDURE int hook_print(void)
{
    print("hook: %u cents\n", accounts[0].balance);
    return 0;
}
