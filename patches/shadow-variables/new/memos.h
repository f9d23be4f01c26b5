#ifndef MEMOS_H
#define MEMOS_H

#include "teller.h"

/* What an entry is about in whole francs: a field that struct entry, whose
   size the running program knows, has no room for. */
void remember(const struct entry *entry);
void forget(const struct entry *entry);
unsigned francs_of(const struct entry *entry);

#endif
