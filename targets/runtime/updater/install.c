#include "updater.h"
#include "runtime.h"
#include "syscall.h"
#include "updater-machine.h"

enum {
    READ_WRITE = 3,
    READ_EXECUTE = 5,
    PRIVATE_ANONYMOUS = 0x22,
    /* Code, struct updater and the journal. */
    ROOM = 8 * UPDATER_CODE,
    PAGE = 4096,
    STACK = 8 << 20,
};

extern const char __start_updater_text[], __stop_updater_text[];

struct updater *updater_install(const void *stack_top, const void *plan,
                                unsigned long plan_room)
{
    size_t size = (size_t)(__stop_updater_text - __start_updater_text);
    long place = system_call6(SYS_MMAP, 0, ROOM, READ_WRITE, PRIVATE_ANONYMOUS, -1, 0);
    struct updater *updater;

    if ((unsigned long)place >= -(unsigned long)PAGE || size > UPDATER_CODE)
        return NULL;
    memcpy((void *)place, __start_updater_text, size);
    if (system_call(SYS_MPROTECT, place, UPDATER_CODE, READ_EXECUTE) != 0)
        return NULL;
    synchronize((unsigned long)place, (unsigned long)place + UPDATER_CODE);
    updater = (struct updater *)(place + UPDATER_CODE);
    updater->plan = (unsigned long)plan;
    updater->plan_room = plan_room;
    updater->stack_top = (unsigned long)stack_top & -sizeof(long);
    updater->stack_size = STACK;
    updater->threads = 1;
    updater->journal = (unsigned long)(updater + 1);
    updater->journal_room = ROOM - UPDATER_CODE - sizeof *updater;
    updater->own_start = (unsigned long)place;
    updater->own_end = (unsigned long)place + ROOM;
    return updater;
}

updater_entry *updater_copied(const struct updater *updater)
{
    const char *entry = (const char *)(unsigned long)updater_run;

    return (updater_entry *)(updater->own_start +
                             (unsigned long)(entry - __start_updater_text));
}
