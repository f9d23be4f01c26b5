/* Shadow variables: extra fields for structures that exist already.

   A patch that needs a new field in an old structure must not make the
   structure larger: the running program has allocated it, and knows its size.
   So the field lives in a table beside it, under the structure's address and
   a number that tells fields of one structure apart.

       SHADOW_TABLE(fields, 64);

       struct memo *memo = shadow_add(&fields, entry, MEMO);   at its birth
       struct memo *memo = shadow_find(&fields, entry, MEMO);  NULL: born before the patch
       shadow_remove(&fields, entry, MEMO);                    at its death

   Who frees a structure must remove its fields first, or the next one at that
   address inherits them. The table has a fixed size: shadow_add answers NULL
   when it is full. It is no match for threads without a lock around it. */
#ifndef SHADOW_H
#define SHADOW_H

#include <stddef.h>

/* Room of a field. */
enum { SHADOW_WORDS = 4 };

struct shadow_slot {
    /* NULL: the slot is free. */
    const void *owner;
    unsigned id;
    unsigned long value[SHADOW_WORDS];
};

struct shadow_table {
    struct shadow_slot *slots;
    unsigned count;
    unsigned used;
};

#define SHADOW_TABLE(name, count)                                              \
    static struct shadow_slot name##_slots[count];                             \
    static struct shadow_table name = { name##_slots, count, 0 }

/* Structures are aligned, so the low bits of an address say little. */
static inline unsigned shadow_home(const struct shadow_table *table,
                                   const void *owner, unsigned id)
{
    return ((unsigned)((size_t)owner >> 3) * 31 + id) % table->count;
}

/* The slot of the field, or the free one where it would go; NULL when there is
   neither. */
static inline struct shadow_slot *shadow_slot(struct shadow_table *table,
                                              const void *owner, unsigned id)
{
    unsigned tries, at = shadow_home(table, owner, id);

    for (tries = 0; tries < table->count; tries++) {
        struct shadow_slot *slot = &table->slots[at];

        if (slot->owner == NULL || (slot->owner == owner && slot->id == id))
            return slot;
        at = at + 1 == table->count ? 0 : at + 1;
    }
    return NULL;
}

static inline void *shadow_find(struct shadow_table *table, const void *owner,
                                unsigned id)
{
    struct shadow_slot *slot = shadow_slot(table, owner, id);

    return slot == NULL || slot->owner == NULL ? NULL : slot->value;
}

/* The field, filled with zeros when it is new. */
static inline void *shadow_add(struct shadow_table *table, const void *owner,
                               unsigned id)
{
    struct shadow_slot *slot = shadow_slot(table, owner, id);
    unsigned word;

    if (slot == NULL)
        return NULL;
    if (slot->owner == NULL) {
        slot->owner = owner;
        slot->id = id;
        for (word = 0; word < SHADOW_WORDS; word++)
            slot->value[word] = 0;
        table->used++;
    }
    return slot->value;
}

/* What comes behind moves up, so that searches still find it. */
static inline void shadow_remove(struct shadow_table *table, const void *owner,
                                 unsigned id)
{
    struct shadow_slot *hole = shadow_slot(table, owner, id);
    unsigned at, tries;

    if (hole == NULL || hole->owner == NULL)
        return;
    at = (unsigned)(hole - table->slots);
    for (tries = 1; tries < table->count; tries++) {
        struct shadow_slot *slot;
        unsigned home, from_home, from_hole;

        at = at + 1 == table->count ? 0 : at + 1;
        slot = &table->slots[at];
        if (slot->owner == NULL)
            break;
        home = shadow_home(table, slot->owner, slot->id);
        from_home = (at + table->count - home) % table->count;
        from_hole =
            (at + table->count - (unsigned)(hole - table->slots)) % table->count;
        if (from_home < from_hole)
            continue;
        *hole = *slot;
        hole = slot;
    }
    hole->owner = NULL;
    table->used--;
}

#endif
