#ifndef PARSER_H
#define PARSER_H

#include "runtime.h"

/* An expression and how much of it has been read. */
struct reader {
    const char *at;
    const char *error;
};

/* One procedure for each rule of the grammar:
       expression   term { ("+" | "-") term }
       term         factor { ("*" | "/") factor }
       factor       number | "-" factor | "(" expression ")"  */
int expression(struct reader *reader);
int term(struct reader *reader);
int factor(struct reader *reader);

/* Skips spaces and answers whether the next character is this one, which is
   then taken. */
int takes(struct reader *reader, char c);

#endif
