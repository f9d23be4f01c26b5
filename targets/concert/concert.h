#ifndef CONCERT_H
#define CONCERT_H

#include "concurrent.h"
#include "runtime.h"

enum { PLAYERS = 4, NOTES = 100 };

struct theme {
    char letter;
    void (*play)(void);
};

/* Each ends with a theme whose letter is '\0'. */
extern const struct theme players[], handlers[], times[], limits[];

/* players.c */
extern struct thread threads[PLAYERS];

/* Starts some players with their numbers as arguments, and waits for the end
   of all. */
void play_together(void (*play)(void *), int count);
void join_all(int count);

/* As two threads see it. */
static inline int look(int *word)
{
    return __atomic_load_n(word, __ATOMIC_SEQ_CST);
}

static inline void show(int *word, int value)
{
    __atomic_store_n(word, value, __ATOMIC_SEQ_CST);
}

void await(int *word, int value);

#endif
