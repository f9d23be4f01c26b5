#ifndef JUMP_H
#define JUMP_H

/* jump.S: setjmp and longjmp, for programs without floating point. The
   procedure that called set_jump must not have returned. */
typedef struct {
    long words[14];
} jump_buffer;

int set_jump(jump_buffer *buffer) __attribute__((returns_twice));
void long_jump(jump_buffer *buffer, int value) __attribute__((noreturn));

#endif
