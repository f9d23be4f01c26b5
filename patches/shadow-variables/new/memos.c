#include "memos.h"
#include "shadow.h"

enum { FRANCS = 1 };

/* All accounts at their limit, and some. */
SHADOW_TABLE(memos, ACCOUNTS * HISTORY + 8);

static PROCEDURE unsigned rounded(const struct entry *entry)
{
    return (entry->cents + 50) / 100;
}

PROCEDURE void remember(const struct entry *entry)
{
    unsigned *francs = shadow_add(&memos, entry, FRANCS);

    if (francs != NULL)
        *francs = rounded(entry);
}

PROCEDURE void forget(const struct entry *entry)
{
    shadow_remove(&memos, entry, FRANCS);
}

/* Entries that are older than the table have none. */
PROCEDURE unsigned francs_of(const struct entry *entry)
{
    const unsigned *francs = shadow_find(&memos, entry, FRANCS);

    return francs != NULL ? *francs : rounded(entry);
}
