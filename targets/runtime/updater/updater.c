/* Carries out a plan from within the process that it changes.

   prepare: the plan is what its checksum says, memory holds all it expects,
            new code and data stand in memory of their own. May take its time.
   apply:   nobody is inside, memory still holds the words that go, the new ones
            are written, fetched anew and read back. This is the pause.

   Position-independent: it refers to nothing but its arguments. */
#include "updater.h"
#include "plan.h"
#include "runtime.h"
#include "syscall.h"
#include "updater-machine.h"

#define CODE __attribute__((section("updater_text")))
/* Small rather than fast: not run in a pause that goes well. */
#define COLD CODE __attribute__((noinline, cold, optimize("Os")))
#define INLINE static inline __attribute__((always_inline))
#define UNLIKELY(condition) __builtin_expect(!!(condition), 0)

typedef unsigned long word;

enum {
    READ_ONLY = 1,
    READ_WRITE = 3,
    NEW_PRIVATE = 0x100022,
    ATTEMPTS = 3,
    WORD_SIZE = sizeof(word),
    PAGE = 4096,
    NO_SUCH_MEMORY = -14,
    SIGNAL_SET = 8,
};

INLINE const void *list_of(const struct plan *plan, struct plan_list list)
{
    return (const char *)plan + list.offset;
}

/* A system call that need not be fast: once in the code. */
CODE __attribute__((noinline)) static long ask(long number, word a, word b, word c)
{
    return system_call(number, (long)a, (long)b, (long)c);
}

/* Answers whether there is nothing more to be done. */
COLD static int give_up(struct updater *updater, enum updater_verdict verdict,
                 enum updater_reason reason, word address)
{
    updater->verdict = verdict;
    updater->reason = reason;
    updater->address = address;
    return 1;
}

/* Who is inside. */

/* Which bounds of a range count: offsets in words. */
enum meaning { A_PC = 0, A_RETURN = 2, A_WORD = 4, RANGE_WORDS = 6 };

COLD static int inside(const struct plan *plan, word value, enum meaning meaning)
{
    const uint32_t *bound = (const uint32_t *)list_of(plan, plan->ranges) + meaning;
    uint32_t left = plan->ranges.count;

    for (; left > 0; left--, bound += RANGE_WORDS)
        if (value >= bound[0] && value < bound[1])
            return 1;
    return 0;
}

#define LOOK(i)                          \
    if (UNLIKELY(from[i] - low < span)) { \
        from += i;                       \
        goto found;                      \
    }

/* Answers whether a word of [from, to) lies in forbidden code. A table jump is far
   from the procedures; going twice is cheaper than to look at all between. */
CODE static int scan(struct updater *updater, const struct plan *plan,
                     const word *from, const word *to)
{
    const word *const first = from;
    word low = plan->low, span = plan->span;
    int again = plan->second_span != 0;

    updater->words_scanned += to - from;
    for (;;) {
        while (to - from >= 4) {
            LOOK(0)
            LOOK(1)
            LOOK(2)
            LOOK(3)
            from += 4;
        }
        for (; from < to; from++)
            LOOK(0)
        if (!again)
            return 0;
        again = 0;
        low = plan->second_low;
        span = plan->second_span;
        from = first;
        continue;
    found:
        if (inside(plan, *from, A_WORD)) {
            updater->found_at = (word)from;
            return give_up(updater, UPDATER_BUSY, UPDATER_ACTIVE_WORD, *from);
        }
        from++;
    }
}

INLINE int returns_inside(struct updater *updater, const struct plan *plan,
                                 word value)
{
    if (UNLIKELY(value - plan->return_low < plan->return_span) && inside(plan, value, A_RETURN))
        return give_up(updater, UPDATER_BUSY, UPDATER_ACTIVE_RETURN, value);
    return 0;
}

#ifdef FRAME_TO_CONTEXT
/* Every procedure with a frame has a window, whose i7 holds its return address
   and whose i6 leads to the next. A frame that another signal pushed holds more;
   from there on, and where the chain is no chain, words are scanned. */
CODE static int stack_inside(struct updater *updater, const struct plan *plan,
                             const word *context)
{
    const word *window = context - FRAME_TO_CONTEXT;
    const word low = plan->return_low, span = plan->return_span;
    const word text = plan->text_start, size = plan->text_size;
    const word top = updater->stack_top;
    word at = context[CONTEXT_SP], frames = 0;

    for (;;) {
        word fp = window[SAVED_FP], value = window[SAVED_RETURN], next;

        if (fp == 0)
            break;
        if (UNLIKELY(value - low < span) && inside(plan, value, A_RETURN))
            return give_up(updater, UPDATER_BUSY, UPDATER_ACTIVE_RETURN, value);
        if (UNLIKELY(value - text >= size || value % 4 != 0 || fp <= at ||
                     fp >= top || fp % 8 != 0))
            goto unknown;
        next = ((const word *)value)[2];
        if (UNLIKELY(next == RT_SIGRETURN || next == SIGRETURN))
            goto unknown;
        at = fp;
        window = (const word *)fp;
        frames++;
    }
    updater->frames_walked = frames + 1;
    return 0;
unknown:
    updater->frames_walked = frames;
    return scan(updater, plan, (const word *)at, (const word *)top);
}
#else
CODE static int stack_inside(struct updater *updater, const struct plan *plan,
                             const word *context)
{
    return scan(updater, plan, (const word *)(context[CONTEXT_SP] & -WORD_SIZE),
                (const word *)updater->stack_top);
}
#endif

/* Whether a page can be read: the kernel looks at a set of signals there, not at
   address 0, which means none, and then refuses what is asked of it. */
COLD static int is_mapped(word address)
{
    word within = (address & -(word)PAGE) + SIGNAL_SET;

    return system_call6(SYS_RT_SIGPROCMASK, -1, (long)within, 0, SIGNAL_SET, 0, 0) !=
           NO_SUCH_MEMORY;
}

COLD static int are_mapped(word start, word length)
{
    word page = start & -(word)PAGE;

    /* The last page of all is the kernel's. */
    if (start + length < start)
        return 0;
    for (; page < start + length; page += PAGE)
        if (!is_mapped(page))
            return 0;
    return 1;
}

/* Memory that the program gave back since holds no context. */
COLD static int scan_mapped(struct updater *updater, const struct plan *plan, word start,
                            word end)
{
    while (start < end) {
        word next = (start & -(word)PAGE) + PAGE;

        if (next > end)
            next = end;
        if (is_mapped(start) && scan(updater, plan, (const word *)start, (const word *)next))
            return 1;
        start = next;
    }
    return 0;
}

/* Memory in which contexts may have been put away, but for the handler's own. */
COLD static int areas_inside(struct updater *updater, const struct plan *plan)
{
    const struct plan_area *area = list_of(plan, plan->areas);
    const struct plan_area *last = area + plan->areas.count;
    const word hole[] = { updater->plan, updater->plan + plan->size };

    for (; area < last; area++) {
        word start = area->start, end = area->end;

        if (end == 0)
            end = (word)ask(SYS_BRK, 0, 0, 0);
        end &= -WORD_SIZE;
        if (end <= start)
            continue;
        if (hole[0] < end && hole[1] > start) {
            if (scan_mapped(updater, plan, start, hole[0] & -WORD_SIZE))
                return 1;
            start = (hole[1] + WORD_SIZE - 1) & -WORD_SIZE;
        }
        if (scan_mapped(updater, plan, start, end))
            return 1;
    }
    return 0;
}

INLINE int is_busy(struct updater *updater, const struct plan *plan,
                               const word *context)
{
    word pc = context[CONTEXT_PC], sp = context[CONTEXT_SP];

    if (UNLIKELY(pc - plan->low < plan->span || pc - plan->second_low < plan->second_span) &&
        inside(plan, pc, A_PC))
        return give_up(updater, UPDATER_BUSY, UPDATER_ACTIVE_PC, pc);
#ifdef FRAME_TO_CONTEXT
    if (UNLIKELY(context[CONTEXT_NPC] != pc + 4) &&
        inside(plan, context[CONTEXT_NPC], A_PC))
        return give_up(updater, UPDATER_BUSY, UPDATER_ACTIVE_PC, context[CONTEXT_NPC]);
#endif
    /* An alternate stack may be an array in a frame, with frames below it. */
    if (UNLIKELY(updater->stack_top - sp > updater->stack_size ||
                 sp - context[CONTEXT_STACK] < context[CONTEXT_STACK + 2]))
        return give_up(updater, UPDATER_BUSY, UPDATER_OTHER_STACK, sp);
    return returns_inside(updater, plan, context[CONTEXT_RA]) ||
           returns_inside(updater, plan, context[CONTEXT_LINK]) ||
           stack_inside(updater, plan, context) ||
           (plan->areas.count != 0 && areas_inside(updater, plan));
}

/* Writing. */

INLINE long protect(word start, word end, word protection)
{
    return system_call(SYS_MPROTECT, (long)start, (long)(end - start), (long)protection);
}

CODE __attribute__((noinline)) static void fetch_anew(word start, word end)
{
    synchronize(start, end);
}

COLD static int protect_for_certain(word start, word end, word protection)
{
    int i;

    for (i = 0; i < ATTEMPTS; i++)
        if (ask(SYS_MPROTECT, start, end - start, protection) == 0)
            return 1;
    return 0;
}

COLD static int same_bytes(const void *left, const void *right, uint32_t length)
{
    const char *a = left, *b = right;

    for (; length > 0; length--)
        if (*a++ != *b++)
            return 0;
    return 1;
}

COLD static void copy_bytes(void *to, const void *from, uint32_t length)
{
    char *out = to;
    const char *in = from;

    for (; length > 0; length--)
        *out++ = *in++;
}

/* Journals of the updates in force lie one behind the other, a footer behind each. */
struct footer {
    uint32_t checksum, bytes;
};

/* Answers whether there is room for the plan's journal, or it is the last one. */
COLD static int place_journal(struct updater *updater, const struct plan *plan)
{
    const word room = updater->journal_room, used = updater->journal_used;
    const word needed = (word)plan->journal + sizeof(struct footer);
    struct footer *last = (struct footer *)(updater->journal + used) - 1;

    if (plan->undoes != 0) {
        updater->journal_at = updater->journal + used - needed;
        updater->journal_next = used - needed;
        return needed <= used && last->checksum == plan->undoes && last->bytes == plan->journal;
    }
    if (used > room || needed > room - used)
        return 0;
    updater->journal_at = updater->journal + used;
    updater->journal_next = used + needed;
    last = (struct footer *)(updater->journal + updater->journal_next) - 1;
    last->checksum = plan->checksum;
    last->bytes = plan->journal;
    return 1;
}

/* Bytes that a rollback finds changed, and leaves. */
COLD static int is_left(const struct plan *plan, const struct plan_data *data)
{
    return data->after == 0 &&
           !same_bytes((const void *)(word)data->address,
                       (const char *)plan + data->before, data->length);
}

COLD static int data_match(struct updater *updater, const struct plan *plan)
{
    const struct plan_data *data = list_of(plan, plan->data);
    const struct plan_data *end = data + plan->data.count;

    for (; data < end; data++) {
        const void *there = (const void *)(word)data->address;

        if (data->before == 0 || data->after == 0)
            continue;
        if (!same_bytes(there, (const char *)plan + data->before, data->length)) {
            give_up(updater, UPDATER_REFUSED, UPDATER_UNEXPECTED, data->address);
            return 0;
        }
    }
    return 1;
}

COLD static void write_data(struct updater *updater, const struct plan *plan)
{
    const struct plan_data *data = list_of(plan, plan->data);
    const struct plan_data *end = data + plan->data.count;

    for (; data < end; data++) {
        char *to = (char *)(word)data->address;
        char *journal = (char *)updater->journal_at + data->journal;

        if (data->after != 0) {
            copy_bytes(journal, to, data->length);
            copy_bytes(to, (const char *)plan + data->after, data->length);
        } else if (is_left(plan, data)) {
            updater->changed_since++;
            continue;
        } else {
            copy_bytes(to, journal, data->length);
        }
        updater->words_written += (data->length + 3) / 4;
    }
}

COLD static int data_written(const struct plan *plan)
{
    const struct plan_data *data = list_of(plan, plan->data);
    const struct plan_data *end = data + plan->data.count;

    for (; data < end; data++)
        if (data->after != 0 &&
            !same_bytes((const void *)(word)data->address,
                        (const char *)plan + data->after, data->length))
            return 0;
    return 1;
}

/* Takes back what was written; answers whether all of it could be. */
COLD static int undo(struct updater *updater, const struct plan *plan)
{
    const struct plan_pages *pages = list_of(plan, plan->pages);
    const struct plan_pages *end = pages + plan->pages.count, *page;
    const struct plan_word *words = list_of(plan, plan->words);
    const struct plan_data *data = list_of(plan, plan->data);
    const char *journal = (const char *)updater->journal_at;
    uint32_t i;
    int whole = 1;

    for (page = pages; page < end; page++)
        if (!protect_for_certain(page->start, page->end, READ_WRITE))
            return 0;
    for (i = plan->data.count; i-- > 0;)
        copy_bytes((void *)(word)data[i].address,
                   data[i].after != 0 ? journal + data[i].journal
                                      : (const char *)plan + data[i].before,
                   data[i].length);
    for (i = plan->words.count; i-- > 0;)
        *(volatile uint32_t *)(word)words[i].address = ((const uint32_t *)journal)[i];
    for (page = pages; page < end; page++)
        whole &= protect_for_certain(page->start, page->end, page->protection);
    for (i = 0; i < plan->words.count; i++)
        fetch_anew(words[i].address, words[i].address + 4);
    updater->words_written = 0;
    return whole;
}

COLD static void fail(struct updater *updater, const struct plan *plan,
               enum updater_reason reason, word address)
{
    give_up(updater, undo(updater, plan) ? UPDATER_UNDONE : UPDATER_BROKEN, reason,
            address);
}

/* Nothing was written yet. */
COLD static void close_again(struct updater *updater, const struct plan *plan,
                      const struct plan_pages *failed)
{
    const struct plan_pages *page = list_of(plan, plan->pages);
    int whole = 1;

    for (; page < failed; page++)
        whole &= protect_for_certain(page->start, page->end, page->protection);
    give_up(updater, whole ? UPDATER_UNDONE : UPDATER_BROKEN, UPDATER_PROTECT,
            failed->start);
}

CODE static void apply(struct updater *updater, const struct plan *plan,
                       const word *context)
{
    const struct plan_word *const words = list_of(plan, plan->words);
    const struct plan_word *const words_end = words + plan->words.count, *w;
    const struct plan_pages *const pages = list_of(plan, plan->pages);
    const struct plan_pages *const pages_end = pages + plan->pages.count, *page;
    uint32_t *journal = (uint32_t *)updater->journal_at;

    if (is_busy(updater, plan, context)) /* Nobody is inside. */
        return;
    for (w = words; w < words_end; w++) {
        if (UNLIKELY(*(const volatile uint32_t *)(word)w->address != w->before)) {
            give_up(updater, UPDATER_REFUSED, UPDATER_UNEXPECTED, w->address);
            return;
        }
    }
    if (plan->data.count != 0 && !data_match(updater, plan))
        return; /* Memory holds what goes. */
    for (page = pages; page < pages_end; page++) {
        if (UNLIKELY(protect(page->start, page->end, READ_WRITE) != 0)) {
            close_again(updater, plan, page);
            return;
        }
    }
    for (w = words; w < words_end; w++) {
        volatile uint32_t *at = (volatile uint32_t *)(word)w->address;

        *journal++ = *at;
        *at = w->after;
    }
    updater->words_written = plan->words.count;
    if (plan->data.count != 0)
        write_data(updater, plan);
    for (page = pages; page < pages_end; page++) {
        if (UNLIKELY(protect(page->start, page->end, page->protection) != 0)) {
            fail(updater, plan, UPDATER_PROTECT, page->start);
            return;
        }
    }
    /* Everything is written; no page is writable that was not. */
#ifdef FRAME_TO_CONTEXT
    for (w = words; w < words_end; w++)
        synchronize(w->address, w->address + 4);
#else
    if (words < words_end)
        synchronize(words->address, words_end[-1].address + 4);
#endif
    for (w = words; w < words_end; w++) {
        if (UNLIKELY(*(const volatile uint32_t *)(word)w->address != w->after)) {
            fail(updater, plan, UPDATER_READ_BACK, w->address);
            return;
        }
    }
    if (plan->data.count != 0 && !data_written(plan)) {
        fail(updater, plan, UPDATER_READ_BACK, 0);
        return;
    }
    updater->journal_used = updater->journal_next;
    updater->state = UPDATER_APPLIED;
    updater->verdict = UPDATER_DONE;
}

/* Preparing. */

/* Words of an entry of each list, the first in the lowest four bits. */
#define ENTRY_WORDS 0x33325336u

enum { LISTS = 8 };

/* Whether a list of entries of so many words lies within the plan. */
COLD static int fits(const struct plan *plan, struct plan_list list, uint32_t words)
{
    return list.offset % 4 == 0 && list.offset <= plan->size &&
           list.count <= (plan->size - list.offset) / (4 * words);
}

COLD static int bytes_fit(uint32_t size, uint32_t offset, uint32_t length)
{
    return offset <= size && length <= size - offset;
}

/* Answers 0 when it is sound, else the offset of what is not, or 1. */
COLD static word flaw(const struct plan *plan, word room)
{
    const uint32_t *at = (const uint32_t *)plan, *end;
    const struct plan_data *data;
    uint32_t sum = 0x811c9dc5, i, pass;

    if (room < sizeof *plan || plan->magic != PLAN_MAGIC)
        return 1;
    if (plan->version != (PLAN_VERSION | (uint32_t)PLAN_ISA))
        return 4;
    if (plan->size < sizeof *plan || plan->size > room || plan->size % 4 != 0)
        return 8;
    end = at + plan->size / 4;
    for (at += 4; at < end; at++)
        sum = (sum ^ *at) * 0x01000193;
    if (sum != plan->checksum)
        return 12;
    for (i = 0; i < LISTS; i++)
        if (!fits(plan, (&plan->ranges)[i], ENTRY_WORDS >> 4 * i & 15))
        return 60;
    for (pass = 0; pass < 2; pass++) {
        struct plan_list list = pass == 0 ? plan->expected : plan->filled;
        const struct plan_bytes *bytes = list_of(plan, list);

        for (i = 0; i < list.count; i++)
            if (!bytes_fit(plan->size, bytes[i].bytes, bytes[i].length))
                return list.offset + i * sizeof *bytes;
    }
    data = list_of(plan, plan->data);
    for (i = 0; i < plan->data.count; i++)
        if (!bytes_fit(plan->size, data[i].before, data[i].length) ||
            !bytes_fit(plan->size, data[i].after, data[i].length) ||
            !bytes_fit(plan->journal, data[i].journal, data[i].length))
            return plan->data.offset + i * sizeof *data;
    return plan->words.count > plan->journal / 4 || plan->journal % 4 != 0 ? 20 : 0;
}

INLINE int overlaps(word start, word length, word from, word to)
{
    return start < to && start + length > from;
}

/* What must stay as it is while the handler runs. */
COLD static int is_own(const struct updater *updater, word start, word length)
{
    const word here = (word)__builtin_frame_address(0);

    return start + length < start || overlaps(start, length, updater->own_start, updater->own_end) ||
           overlaps(start, length, updater->plan, updater->plan + updater->plan_room) ||
           overlaps(start, length, here & -(word)PAGE, here + PAGE);
}

/* Whether one of these holds all of a range. */
COLD static int holds(const struct plan_pages *pages, uint32_t count, word start, word length)
{
    for (; count > 0; count--, pages++)
        if (start >= pages->start && start <= pages->end && length <= pages->end - start)
            return 1;
    return 0;
}

/* Why the plan would go wrong in this process, and where; UPDATER_FINE when it would not. */
COLD static enum updater_reason misfit(const struct updater *updater, const struct plan *plan,
                                       word *where)
{
    const struct plan_pages *page = list_of(plan, plan->pages);
    const struct plan_pages *reserved = list_of(plan, plan->reservations);
    const struct plan_word *words = list_of(plan, plan->words);
    const struct plan_data *data = list_of(plan, plan->data);
    const struct plan_bytes *bytes;
    uint32_t i;

    for (i = 0; i < plan->pages.count; i++) {
        *where = page[i].start;
        if (is_own(updater, *where, page[i].end - *where))
            return UPDATER_OWN_PAGE;
        if ((page[i].protection & ~6u) != READ_ONLY) /* To be read back. */
            return UPDATER_PROTECT;
    }
    for (i = 0; i < plan->data.count; i++) {
        *where = data[i].address;
        if (is_own(updater, *where, data[i].length))
            return UPDATER_OWN_PAGE;
        if (!are_mapped(*where, data[i].length))
            return UPDATER_UNEXPECTED;
    }
    for (i = 0; i < plan->words.count; i++) {
        *where = words[i].address;
        if (*where % 4 != 0 || !holds(page, plan->pages.count, *where, 4))
            return UPDATER_NO_ROOM;
        if (!is_mapped(*where))
            return UPDATER_UNEXPECTED;
    }
    bytes = list_of(plan, plan->filled);
    for (i = 0; i < plan->filled.count; i++) {
        *where = bytes[i].address;
        if (!holds(reserved, plan->reservations.count, *where, bytes[i].length))
            return UPDATER_NO_ROOM;
    }
    bytes = list_of(plan, plan->expected);
    for (i = 0; i < plan->expected.count; i++) {
        *where = bytes[i].address;
        if (!are_mapped(*where, bytes[i].length) ||
            !same_bytes((const void *)*where, (const char *)plan + bytes[i].bytes,
                        bytes[i].length))
            return UPDATER_UNEXPECTED;
    }
    return UPDATER_FINE;
}

COLD static void release(const struct plan *plan, uint32_t count)
{
    const struct plan_pages *area = list_of(plan, plan->reservations);

    while (count-- > 0)
        ask(SYS_MUNMAP, area[count].start, area[count].end - area[count].start, 0);
}

CODE __attribute__((noinline)) static word map_at(word start, word size)
{
    return (word)system_call6(SYS_MMAP, (long)start, (long)size, READ_WRITE, NEW_PRIVATE,
                              -1, 0);
}

/* New code and data, where nobody knows of them yet. */
COLD static int fill(struct updater *updater, const struct plan *plan)
{
    const struct plan_pages *areas = list_of(plan, plan->reservations);
    const struct plan_bytes *bytes = list_of(plan, plan->filled);
    uint32_t count = plan->reservations.count, i;

    for (i = 0; i < count; i++) {
        word start = areas[i].start, size = areas[i].end - start;
        word got = map_at(start, size);

        if (got == start)
            continue;
        /* Where the flag is not known, the address is only a wish. */
        if (got < -(word)PAGE)
            ask(SYS_MUNMAP, got, size, 0);
        release(plan, i);
        return give_up(updater, UPDATER_UNDONE, UPDATER_NO_ROOM, start);
    }
    for (i = 0; i < plan->filled.count; i++)
        copy_bytes((void *)(word)bytes[i].address, (const char *)plan + bytes[i].bytes,
                   bytes[i].length);
    for (i = 0; i < count; i++) {
        if (!protect_for_certain(areas[i].start, areas[i].end, areas[i].protection)) {
            release(plan, count);
            return give_up(updater, UPDATER_UNDONE, UPDATER_PROTECT, areas[i].start);
        }
        fetch_anew(areas[i].start, areas[i].end);
    }
    return 0;
}

COLD static int prepare(struct updater *updater, const struct plan *plan)
{
    word wrong = flaw(plan, updater->plan_room), where;
    enum updater_reason reason;

    if (wrong != 0)
        return give_up(updater, UPDATER_REFUSED, UPDATER_BAD_PLAN, wrong & ~1ul);
    if (plan->threads > 1 || updater->threads > 1)
        return give_up(updater, UPDATER_REFUSED, UPDATER_THREADS,
                       plan->threads > 1 ? plan->threads : updater->threads);
    if (!place_journal(updater, plan))
        return give_up(updater, UPDATER_REFUSED, UPDATER_JOURNAL,
                       plan->undoes != 0 ? plan->undoes : plan->journal);
    reason = misfit(updater, plan, &where);
    if (reason != UPDATER_FINE)
        return give_up(updater, UPDATER_REFUSED, reason, where);
    if (fill(updater, plan))
        return 1;
    updater->state = UPDATER_PREPARED;
    updater->verdict = UPDATER_DONE;
    return 0;
}

CODE void updater_run(struct updater *updater, const void *context)
{
    const struct plan *plan = (const struct plan *)updater->plan;

    flush_windows();
    updater->attempts++;
    updater->reason = UPDATER_FINE;
    updater->words_scanned = 0;
    updater->frames_walked = 0;
    updater->words_written = 0;
    if (UNLIKELY(updater->command & UPDATER_PREPARE) &&
        updater->state != UPDATER_PREPARED && prepare(updater, plan))
        return;
    if ((updater->command & UPDATER_APPLY) && updater->state == UPDATER_PREPARED)
        apply(updater, plan, context);
}
