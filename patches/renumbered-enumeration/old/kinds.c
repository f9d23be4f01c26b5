#include "session.h"

enum kind {
    NOTHING,
    WORD,
    NUMBER,
    STRING,
    LIST,
    END,
};

static PROCEDURE enum kind kind_of(unsigned n)
{
    switch (n % 6) {
    case 0: return NOTHING;
    case 1: return WORD;
    case 2: return NUMBER;
    case 3: return STRING;
    case 4: return LIST;
    default: return END;
    }
}

static PROCEDURE int is_atom(enum kind kind)
{
    return kind == WORD || kind == NUMBER || kind == STRING;
}

static PROCEDURE unsigned width(enum kind kind)
{
    return kind == NUMBER ? 4 : kind == STRING ? 16 : kind == LIST ? 8 : 1;
}

static PROCEDURE unsigned depth(enum kind kind)
{
    return kind == LIST ? 2 : kind == END ? 0 : 1;
}

static PROCEDURE unsigned cost(enum kind kind)
{
    return kind >= STRING ? 30 : kind == NOTHING ? 0 : 5;
}

static PROCEDURE char letter(enum kind kind)
{
    return kind == WORD ? 'w' : kind == NUMBER ? 'n' : kind == STRING ? 's' : '?';
}

static PROCEDURE enum kind after(enum kind kind)
{
    return kind == END ? NOTHING : kind == LIST ? WORD : END;
}

PROCEDURE void classify(unsigned n)
{
    enum kind kind = kind_of(n);

    print("%u %c %u %u %u %d %d%s\n", n, letter(kind), width(kind),
          depth(kind), cost(kind), is_atom(kind), after(kind) == END,
          kind == END ? "" : "");
}
