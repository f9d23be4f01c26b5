#ifndef RUNTIME_H
#define RUNTIME_H

#include <stddef.h>

/* Keeps a procedure in one piece: never inlined, cloned or specialised. */
#define PROCEDURE __attribute__((noipa))

/* print.c: %d %u %x %s %c %% with a width and zero padding; an l is skipped. */
void print(const char *format, ...) __attribute__((format(printf, 1, 2)));
void print_flush(void);
void exit(int status) __attribute__((noreturn));

/* line.c: the length of the line, which was cut when it is >= size; -1 at the
   end of the input. */
int read_line(char *line, int size);

/* heap.c */
void *malloc(size_t size);
void free(void *memory);

/* string.c */
size_t strlen(const char *text);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t count);
char *strchr(const char *text, int c);
void *memcpy(void *to, const void *from, size_t count);
void *memmove(void *to, const void *from, size_t count);
void *memset(void *to, int c, size_t count);

/* Reads up to nine decimal digits; answers where they end, or NULL when there
   are none or too many. */
const char *parse_digits(const char *text, unsigned *value);

#endif
