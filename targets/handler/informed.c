#include "handler.h"
#include "syscall.h"

void informed(int number, void *info, void *context)
{
    (void)number;
    (void)info;
    (void)context;
    total += weigh(1);
    send((int)system_call(SYS_GETTID, 0, 0, 0), SIGUSR2);
    total += weigh(2);
}
