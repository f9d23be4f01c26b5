#include "handler.h"
#include "syscall.h"

void informed(int number, void *info, void *context)
{
    (void)number;
    (void)info;
    (void)context;
    total = total * 7 + weigh(1);
    send((int)system_call(SYS_GETTID, 0, 0, 0), SIGUSR2);
    total += weigh(total) * 2;
}
