/* One variable or procedure for each thing that debug information is asked about; never run. */
enum colour { RED, YELLOW, GREEN, BLUE };

struct point {
    short x, y;
};

struct node {
    struct node *next;
    int key;
    int weight;
};

typedef struct entry {
    char name[32];
    unsigned limit;
    struct point corners[4];
    struct {
        unsigned ready : 1;
        unsigned level : 4;
    };
    union {
        int number;
        float fraction;
    } value;
    int (*handler)(struct node *, const char *);
    enum colour colour;
} entry_t;

entry_t entries[20];
static entry_t first = {"first", 3, {{1, 2}}, {1, 2}, {5}, 0, GREEN};
struct node *list;
const volatile int same[2][3] = {{1, 2, 3}, {4, 5, 6}};
int renamed;
struct swapped {
    int last, first;
} swapped;
struct pair {
    int left;
    int second;
} pairs[2];
int wide;

extern int report(int line, int code);

static inline int clamp(int value) { return value > 12 ? 12 : value < 0 ? 0 : value; }

static inline int twice(int value) { return clamp(value + wide) * 2; }

int shared(int value) { return value * 5 + 1; }

__attribute__((noinline)) int bounded(int value) { return clamp(value); }

__attribute__((noinline)) int user(int value) { return shared(value) ^ 1; }

__attribute__((noinline)) int scale(entry_t *entry, int by, ...)
{
    static int calls;
    calls += by;
    return twice(entry->limit + by) + calls;
}

__attribute__((noinline)) int signature(int one, const unsigned char *two, long three) { return one + two[0] + (int)three; }

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
        wide += bounded(renamed) + user(renamed) + scale(&first, renamed) + signature(renamed, (unsigned char *)first.name, 3) + located(renamed);
}
