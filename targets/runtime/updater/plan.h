/* A plan as the in-process handler reads it: 32-bit words in the byte order of
   the process. Offsets count bytes from the beginning of the plan. */
#ifndef PLAN_H
#define PLAN_H

#include <stdint.h>

enum { PLAN_MAGIC = 0x53555450, PLAN_VERSION = 2 };

struct plan_list {
    uint32_t offset;
    uint32_t count;
};

struct plan {
    uint32_t magic;
    /* Of this layout in the low byte, then bytes of an address, then the ISA's
       e_machine in the high half. */
    uint32_t version;
    /* Bytes in all. */
    uint32_t size;
    /* FNV-1a by words, over all that follows this word. */
    uint32_t checksum;
    /* Threads it was made for. */
    uint32_t threads;
    /* Bytes of journal it takes, in whole words. */
    uint32_t journal;
    /* Where returns of the program go, usually. */
    uint32_t text_start;
    uint32_t text_size;
    /* Whatever leads into forbidden code lies in one of these two; the second may
       be empty. */
    uint32_t low;
    uint32_t span;
    uint32_t second_low;
    uint32_t second_span;
    /* And what is known to be a return address in this one. */
    uint32_t return_low;
    uint32_t return_span;
    /* Checksum of the plan that this one takes back, whose journal it needs; else 0. */
    uint32_t undoes;
    struct plan_list ranges;
    struct plan_list words;
    struct plan_list pages;
    struct plan_list data;
    struct plan_list areas;
    struct plan_list reservations;
    struct plan_list expected;
    struct plan_list filled;
};

/* Forbidden code, each end first outside: for pc, for what a register holds that
   is known to be a return address, and for words that may be anything. */
struct plan_range {
    uint32_t pc_start, pc_end;
    uint32_t return_start, return_end;
    uint32_t word_start, word_end;
};

/* An aligned word of code or of a table. */
struct plan_word {
    uint32_t address, before, after;
};

/* Pages to open for writing, and their permission, as mprotect takes it. */
struct plan_pages {
    uint32_t start, end, protection;
};

/* Contents. `before`: offset of the bytes expected, 0 when there may be any.
   `after`: offset of the bytes written; 0 for those in the journal, if memory
   still holds `before`. `journal`: offset there. */
struct plan_data {
    uint32_t address, length, before, after, journal;
};

/* Memory beside the stack that may hold contexts. An end of 0 is the break. */
struct plan_area {
    uint32_t start, end;
};

struct plan_bytes {
    uint32_t address, length, bytes;
};

#endif
