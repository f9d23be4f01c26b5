/* Makes a text, cuts it into words, counts them in a hash table, sorts the
   table by word and writes it out again. */
#include "workload.h"

enum { TEXT = 32768, BUCKETS = 256, WORDS = 2048 };

struct word {
    struct word *next;
    const char *text;
    unsigned count;
};

static char text[TEXT];
static struct word words[WORDS], *buckets[BUCKETS], *sorted[WORDS];
static unsigned used;

static void make_text(unsigned *state)
{
    static const char *const syllables[] = {
        "ba", "cor", "di", "fen", "go", "hul", "ja", "kes",
        "lo", "min", "na", "por", "qui", "ras", "te", "vu",
    };
    char *out = text, *end = text + TEXT - 16;

    while (out < end) {
        unsigned bits = random32(state), count = bits % 3 + 1;

        for (; count != 0; count--) {
            const char *syllable = syllables[(bits >>= 4) % 16];
            size_t length = strlen(syllable);

            memcpy(out, syllable, length);
            out += length;
        }
        *out++ = (bits & 0x100) == 0 ? ' ' : '\n';
    }
    *out = '\0';
}

static void count_word(const char *word)
{
    struct word **link, *entry;
    unsigned hash = 0;
    const char *c;

    for (c = word; *c != '\0'; c++)
        hash = hash * 31 + *c;
    for (link = &buckets[hash % BUCKETS]; (entry = *link) != NULL;
         link = &entry->next) {
        if (strcmp(entry->text, word) == 0) {
            entry->count++;
            return;
        }
    }
    if (used == WORDS)
        return;
    entry = *link = &words[used++];
    entry->next = NULL;
    entry->text = word;
    entry->count = 1;
}

static void count_words(void)
{
    char *start = text;

    memset(buckets, 0, sizeof buckets);
    used = 0;
    while (*start != '\0') {
        char *end = start;

        while (*end != ' ' && *end != '\n')
            end++;
        *end = '\0';
        count_word(start);
        start = end + 1;
    }
}

static void sort_words(void)
{
    unsigned gap, i, k;

    for (i = 0; i < used; i++)
        sorted[i] = &words[i];
    for (gap = WORDS / 2; gap != 0; gap /= 2) {
        for (i = gap; i < used; i++) {
            struct word *word = sorted[i];

            for (k = i; k >= gap && strcmp(sorted[k - gap]->text, word->text) > 0;
                 k -= gap)
                sorted[k] = sorted[k - gap];
            sorted[k] = word;
        }
    }
}

static unsigned sum_words(unsigned sum)
{
    unsigned i;

    for (i = 0; i < used; i++) {
        const char *c = sorted[i]->text;

        if (i != 0 && strcmp(sorted[i - 1]->text, c) >= 0) {
            print("out of order at %s\n", c);
            exit(1);
        }
        for (; *c != '\0'; c++)
            sum = mix(sum, (unsigned char)*c);
        sum = mix(sum, sorted[i]->count);
    }
    return sum;
}

int main(int argc, char **argv)
{
    unsigned round, count = rounds(argc, argv, 24);
    unsigned state = 362436069, sum = MIX_START;

    for (round = 0; round < count; round++) {
        make_text(&state);
        count_words();
        sort_words();
        sum = sum_words(sum);
    }
    print("strings %08x\n", sum);
    return 0;
}
