/* One variable or procedure for each thing that debug information is asked about; never run. */
enum colour { RED, GREEN, BLUE };

struct point {
    short x, y;
};

struct node {
    struct node *next;
    int key;
};

typedef struct entry {
    char name[16];
    unsigned limit;
    struct point corners[4];
    struct {
        unsigned ready : 1;
        unsigned level : 3;
    };
    union {
        int number;
        float fraction;
    } value;
    int (*handler)(struct node *, const char *);
    enum colour colour;
} entry_t;

entry_t entries[10];
static entry_t first = {"first", 3, {{1, 2}}, {1, 2}, {5}, 0, GREEN};
struct node *list;
const volatile int same[2][3] = {{1, 2, 3}, {4, 5, 6}};
int renamed;
struct swapped {
    int first, last;
} swapped;
struct pair {
    int left;
    int right;
} pairs[2];
long long wide;

extern int report(int line, int code);

static inline int clamp(int value) { return value > 10 ? 10 : value < 0 ? 0 : value; }

static inline int twice(int value) { return clamp(value + wide) * 2; }

int shared(int value) { return value * 3 + 1; }

__attribute__((noinline)) int bounded(int value) { return clamp(value); }

__attribute__((noinline)) int user(int value) { return shared(value) ^ 1; }

__attribute__((noinline)) int scale(entry_t *entry, int by, ...)
{
    static int calls;
    calls += by;
    return twice(entry->limit + by) + calls;
}

__attribute__((noinline)) int signature(int one, const char *two) { return one + two[0]; }

__attribute__((noinline)) int located(int code)
{
    if (code < 0)
        return report(__LINE__, code);
    return code;
}

__attribute__((noinline)) int report(int line, int code)
{
    renamed = line;
    swapped.last = code;
    pairs[code & 1].left = same[code & 1][2];
    return entries[code & 7].limit + (list ? list->key : 0) + (int)first.colour;
}

void _start(void)
{
    for (;;)
        wide += bounded(renamed) + user(renamed) + scale(&first, renamed) + signature(renamed, first.name) + located(renamed);
}
