/* A buddy allocator on a heap of its own, and trees that come and go in it. */
#include "workload.h"

enum { SMALLEST = 5, LARGEST = 18, HEAP = 1 << LARGEST, TREES = 64, NODES = 40 };

struct block {
    struct block *next, *before;
    unsigned order;
};

struct node {
    struct node *left, *right;
    unsigned key;
    unsigned size;
    unsigned char filling[];
};

static _Alignas(HEAP) unsigned char heap[HEAP];
/* The order of the block that begins at a smallest unit, plus one when free. */
static unsigned char free_order[HEAP >> SMALLEST];
static unsigned char taken_order[HEAP >> SMALLEST];
static struct block *lists[LARGEST + 1];
static unsigned in_use;

static unsigned unit(const void *place)
{
    return (unsigned)((const unsigned char *)place - heap) >> SMALLEST;
}

static void put(void *place, unsigned order)
{
    struct block *block = place;

    block->before = NULL;
    block->next = lists[order];
    if (block->next != NULL)
        block->next->before = block;
    lists[order] = block;
    free_order[unit(block)] = (unsigned char)(order + 1);
}

static void take(struct block *block, unsigned order)
{
    if (block->before != NULL)
        block->before->next = block->next;
    else
        lists[order] = block->next;
    if (block->next != NULL)
        block->next->before = block->before;
    free_order[unit(block)] = 0;
}

static void *allocate(size_t size)
{
    unsigned order = SMALLEST, larger;
    unsigned char *place;

    while ((size_t)1 << order < size)
        order++;
    for (larger = order; larger <= LARGEST && lists[larger] == NULL; larger++)
        ;
    if (larger > LARGEST)
        return NULL;
    place = (unsigned char *)lists[larger];
    take((struct block *)place, larger);
    while (larger > order) {
        larger--;
        put(place + (1u << larger), larger);
    }
    taken_order[unit(place)] = (unsigned char)order;
    in_use += 1u << order;
    return place;
}

static void release(void *memory)
{
    unsigned char *place = memory;
    unsigned order = taken_order[unit(place)];

    in_use -= 1u << order;
    for (; order < LARGEST; order++) {
        unsigned char *buddy = heap + ((place - heap) ^ (1l << order));

        if (free_order[unit(buddy)] != order + 1)
            break;
        take((struct block *)buddy, order);
        if (buddy < place)
            place = buddy;
    }
    put(place, order);
}

static struct node *insert(struct node *tree, unsigned key)
{
    struct node **link = &tree, *node;

    while (*link != NULL)
        link = key < (*link)->key ? &(*link)->left : &(*link)->right;
    node = allocate(sizeof *node + key % 48);
    if (node != NULL) {
        node->left = node->right = NULL;
        node->key = key;
        node->size = key % 48;
        memset(node->filling, (int)key, node->size);
    }
    *link = node;
    return tree;
}

static unsigned destroy(struct node *tree, unsigned sum)
{
    if (tree == NULL)
        return sum;
    sum = destroy(tree->left, sum);
    sum = mix(sum, tree->key);
    if (tree->size != 0)
        sum = mix(sum, tree->filling[tree->size - 1]);
    sum = destroy(tree->right, sum);
    release(tree);
    return sum;
}

int main(int argc, char **argv)
{
    static struct node *trees[TREES];
    unsigned round, count = rounds(argc, argv, 5000), i;
    unsigned state = 2891336453u, sum = MIX_START;

    put(heap, LARGEST);
    for (round = 0; round < count; round++) {
        struct node **tree = &trees[random32(&state) % TREES];

        sum = destroy(*tree, sum);
        *tree = NULL;
        for (i = 0; i < NODES; i++)
            *tree = insert(*tree, random32(&state));
    }
    for (i = 0; i < TREES; i++)
        sum = destroy(trees[i], sum);
    if (in_use != 0 || free_order[0] != LARGEST + 1) {
        print("%u bytes lost\n", in_use);
        return 1;
    }
    print("allocate %08x\n", sum);
    return 0;
}
