/* Packs text with Huffman codes and with a sliding window, and unpacks it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chance.h"

struct node {
    unsigned weight;
    int order;
    int symbol;
    struct node *left, *right;
};

static struct node pool[520];
static int pooled;
static char codes[256][40];

static struct node *make(unsigned weight, int symbol, struct node *left, struct node *right)
{
    pool[pooled] = (struct node){ weight, pooled, symbol, left, right };
    return &pool[pooled++];
}

static struct node *take_lightest(struct node **list, int *count)
{
    int best = 0;
    struct node *taken;

    for (int i = 1; i < *count; i++)
        if (list[i]->weight < list[best]->weight ||
            (list[i]->weight == list[best]->weight && list[i]->order < list[best]->order))
            best = i;
    taken = list[best];
    list[best] = list[--*count];
    return taken;
}

static void assign(const struct node *node, char *code, int depth)
{
    code[depth] = '\0';
    if (node->left == NULL) {
        strcpy(codes[node->symbol], code);
        return;
    }
    code[depth] = '0';
    assign(node->left, code, depth + 1);
    code[depth] = '1';
    assign(node->right, code, depth + 1);
}

static void huffman(const char *text, size_t length)
{
    unsigned weights[256] = { 0 };
    struct node *list[256], *root;
    unsigned char *bits = calloc(length + 1, 1);
    size_t bit = 0, back = 0;
    char code[40];
    int count = 0, same = 1;

    pooled = 0;
    for (size_t i = 0; i < length; i++)
        weights[(unsigned char)text[i]]++;
    for (int i = 0; i < 256; i++)
        if (weights[i] != 0)
            list[count++] = make(weights[i], i, NULL, NULL);
    while (count > 1) {
        struct node *a = take_lightest(list, &count), *b = take_lightest(list, &count);

        list[count++] = make(a->weight + b->weight, -1, a, b);
    }
    root = list[0];
    assign(root, code, 0);
    for (size_t i = 0; i < length; i++)
        for (const char *c = codes[(unsigned char)text[i]]; *c; c++, bit++)
            if (*c == '1')
                bits[bit / 8] |= (unsigned char)(1 << bit % 8);
    for (size_t i = 0; i < length; i++) {
        const struct node *node = root;

        while (node->left != NULL) {
            node = bits[back / 8] >> back % 8 & 1 ? node->right : node->left;
            back++;
        }
        same &= node->symbol == (unsigned char)text[i];
    }
    printf("huffman: %zu bytes to %zu bits, same again %d\n", length, bit, same);
    for (int c = 'a'; c < 'h'; c++)
        printf("%c %s  ", c, codes[c]);
    printf("\n");
    free(bits);
}

static void window(const char *text, size_t length)
{
    unsigned char *packed = malloc(length * 2);
    char *back = malloc(length);
    size_t out = 0, unpacked = 0;

    for (size_t i = 0; i < length;) {
        size_t best = 0, where = 0, low = i > 255 ? i - 255 : 0;

        for (size_t from = low; from < i; from++) {
            size_t run = 0;

            while (run < 255 && i + run < length && text[from + run] == text[i + run])
                run++;
            if (run > best) {
                best = run;
                where = i - from;
            }
        }
        if (best > 3) {
            packed[out++] = 0;
            packed[out++] = (unsigned char)where;
            packed[out++] = (unsigned char)best;
            i += best;
        } else {
            packed[out++] = (unsigned char)text[i++];
        }
    }
    for (size_t i = 0; i < out;) {
        if (packed[i] != 0) {
            back[unpacked++] = (char)packed[i++];
            continue;
        }
        for (int k = 0; k < packed[i + 2]; k++, unpacked++)
            back[unpacked] = back[unpacked - packed[i + 1]];
        i += 3;
    }
    printf("window: %zu bytes to %zu, same again %d\n", length, out,
           unpacked == length && memcmp(text, back, length) == 0);
    free(packed);
    free(back);
}

int main(void)
{
    static const char *const words[] = { "seven ", "bells ", "and ", "a ", "hedgehog ",
                                         "far ", "away ", "faded " };
    static char text[3000];
    size_t length = 0;

    while (length < sizeof text - 20) {
        const char *word = words[chance() % 8];

        strcpy(text + length, word);
        length += strlen(word);
    }
    huffman(text, length);
    window(text, length);
    return 0;
}
