/* A byte-code machine with a stack, and a program for it: primes by trial
   division, and how many steps numbers take in Collatz's problem. */
#include "workload.h"

enum operation {
    PUSH,       /* the next byte */
    LOAD,       /* the variable of the next byte */
    STORE,
    ADD,
    MULTIPLY,
    REMAINDER,
    HALVE,
    IS_ODD,
    LESS,
    JUMP,       /* to the next byte */
    JUMP_IF_ZERO,
    STOP,
};

enum variable { LIMIT, NUMBER, DIVISOR, PRIMES, STEPS, VALUE, VARIABLES };

/* Labels are offsets; the comments say where they are. */
static const unsigned char code[] = {
    /* 0 */ PUSH, 2, STORE, NUMBER,
    /* 4: next number */ LOAD, NUMBER, LOAD, LIMIT, LESS, JUMP_IF_ZERO, 101,
    /* 11 */ PUSH, 2, STORE, DIVISOR,
    /* 15: next divisor */ LOAD, NUMBER, LOAD, DIVISOR, LOAD, DIVISOR,
    MULTIPLY, LESS, JUMP_IF_ZERO, 27, JUMP, 43,
    /* 27 */ LOAD, NUMBER, LOAD, DIVISOR, REMAINDER, JUMP_IF_ZERO, 50,
    /* 34 */ LOAD, DIVISOR, PUSH, 1, ADD, STORE, DIVISOR, JUMP, 15,
    /* 43: prime */ LOAD, PRIMES, PUSH, 1, ADD, STORE, PRIMES,
    /* 50: composite */ LOAD, NUMBER, STORE, VALUE,
    /* 54: next step */ PUSH, 1, LOAD, VALUE, LESS, JUMP_IF_ZERO, 92,
    /* 61 */ LOAD, STEPS, PUSH, 1, ADD, STORE, STEPS,
    /* 68 */ LOAD, VALUE, IS_ODD, JUMP_IF_ZERO, 85,
    /* 73 */ LOAD, VALUE, PUSH, 3, MULTIPLY, PUSH, 1, ADD, STORE, VALUE,
    JUMP, 54,
    /* 85: even */ LOAD, VALUE, HALVE, STORE, VALUE, JUMP, 54,
    /* 92: one reached */ LOAD, NUMBER, PUSH, 1, ADD, STORE, NUMBER, JUMP, 4,
    /* 101 */ STOP,
};
_Static_assert(sizeof code == 102, "the labels");

static void run(unsigned *variables)
{
    unsigned stack[16], *top = stack;
    const unsigned char *next = code;

    for (;;) {
        switch ((enum operation)*next++) {
        case PUSH:
            *top++ = *next++;
            break;
        case LOAD:
            *top++ = variables[*next++];
            break;
        case STORE:
            variables[*next++] = *--top;
            break;
        case ADD:
            top--;
            top[-1] += top[0];
            break;
        case MULTIPLY:
            top--;
            top[-1] *= top[0];
            break;
        case REMAINDER:
            top--;
            top[-1] %= top[0];
            break;
        case HALVE:
            top[-1] >>= 1;
            break;
        case IS_ODD:
            top[-1] &= 1;
            break;
        case LESS:
            top--;
            top[-1] = top[-1] < top[0];
            break;
        case JUMP:
            next = code + *next;
            break;
        case JUMP_IF_ZERO:
            next = *--top == 0 ? code + *next : next + 1;
            break;
        case STOP:
            return;
        }
    }
}

int main(int argc, char **argv)
{
    unsigned round, count = rounds(argc, argv, 3);
    unsigned sum = MIX_START;

    for (round = 0; round < count; round++) {
        unsigned variables[VARIABLES] = { [LIMIT] = 1500 + round };

        run(variables);
        sum = mix(mix(sum, variables[PRIMES]), variables[STEPS]);
    }
    print("interpreter %08x\n", sum);
    return 0;
}
