/* The in-process handler: carries out a plan from within the process, as the
   action of a signal.

       page 0, 1  the code, position-independent, read and execute
       page 2...  struct updater, then the journal, read and write

   Every field of struct updater is as wide as an address. The plan may lie
   anywhere; it is made of words of 32 bits in the process's byte order.

   state:    IDLE --prepare--> PREPARED --apply--> APPLIED
             whatever fails leaves the state, and the process, as it was
   verdict:  of the last attempt. BUSY: somebody is inside code that is
             replaced, try again at a later signal, with the same plan: while
             PREPARED nothing may change it.

   Every signal must wait meanwhile (sa_mask): the handler of another one would
   find the update half done. */
#ifndef UPDATER_H
#define UPDATER_H

#include <stdint.h>

enum { UPDATER_CODE = 8192 };

enum updater_state { UPDATER_IDLE, UPDATER_PREPARED, UPDATER_APPLIED };

enum updater_verdict {
    UPDATER_NONE,
    UPDATER_DONE,
    UPDATER_BUSY,
    UPDATER_REFUSED,
    /* Something failed, and was undone. */
    UPDATER_UNDONE,
    /* Something failed, and could not be undone. */
    UPDATER_BROKEN,
};

/* Why, and what `address` is then. */
enum updater_reason {
    UPDATER_FINE,
    /* The plan is damaged, or not for this handler: offset in the plan. */
    UPDATER_BAD_PLAN,
    /* Memory does not hold what the plan expects: where. */
    UPDATER_UNEXPECTED,
    /* pc or nPC: what it is. */
    UPDATER_ACTIVE_PC,
    /* A return address in a register or a register window: what it is. */
    UPDATER_ACTIVE_RETURN,
    /* A word that was scanned: what it is. `found_at` tells where it lies. */
    UPDATER_ACTIVE_WORD,
    /* The process stands on another stack: its stack pointer. */
    UPDATER_OTHER_STACK,
    /* More than one thread: how many. */
    UPDATER_THREADS,
    /* Memory cannot be reserved, or what is to be written lies in none that is
       reserved or opened: where. */
    UPDATER_NO_ROOM,
    /* The permission of pages cannot be set, or forbids to read them: where. */
    UPDATER_PROTECT,
    /* Something else was read back than was written: where. */
    UPDATER_READ_BACK,
    /* The handler, its plan or the stack it stands on would be written: where. */
    UPDATER_OWN_PAGE,
    /* The journal is too small: bytes it needs. Or the last update that is in force
       is another than the one to be taken back: the checksum of that one's plan. */
    UPDATER_JOURNAL,
};

enum updater_command { UPDATER_PREPARE = 1, UPDATER_APPLY = 2 };

struct updater {
    /* Set by whoever asks. */
    unsigned long command;
    unsigned long plan;
    unsigned long plan_room;
    unsigned long stack_top;
    unsigned long stack_size;
    unsigned long threads;
    unsigned long journal;
    unsigned long journal_room;
    /* Pages of the handler: its code, this block, the journal. */
    unsigned long own_start;
    unsigned long own_end;
    /* Set by the handler. */
    unsigned long state;
    unsigned long verdict;
    unsigned long reason;
    unsigned long address;
    unsigned long found_at;
    unsigned long attempts;
    unsigned long words_scanned;
    unsigned long frames_walked;
    unsigned long words_written;
    /* Contents that a rollback left, as the program has changed them since. */
    unsigned long changed_since;
    /* Bytes of journal that the updates in force have filled, the latest last. */
    unsigned long journal_used;
    /* Where the journal of the plan that is prepared lies, and how many bytes will be
       used once it has been carried out. */
    unsigned long journal_at;
    unsigned long journal_next;
};

/* What does UPDATER_PREPARE, UPDATER_APPLY, or both, as `command` says.
   `context` is the third argument of a handler with SA_SIGINFO, and may be
   NULL when only to prepare. */
void updater_run(struct updater *updater, const void *context);

/* targets/updater: the action of a signal where suture puts the handler into a
   process. It stands at the beginning of a page, with struct updater UPDATER_CODE
   bytes behind it. */
void updater_signal(int number, void *info, void *context);

/* install.c, for programs that link it: copies the handler to pages of its own.
   NULL when there is no room. `stack_top` is an address above the frames that
   are to be looked at. */
struct updater *updater_install(const void *stack_top, const void *plan,
                                unsigned long plan_room);
/* The copy of updater_run there. */
typedef void updater_entry(struct updater *updater, const void *context);
updater_entry *updater_copied(const struct updater *updater);

#endif
