/* Graphs and trees: shortest ways, a spanning tree, balanced search trees. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "chance.h"

enum { NODES = 60, EDGES = 400 };

static struct edge {
    int from, to, weight;
} edges[EDGES];

static int distances[NODES], before[NODES];

static void shortest(int start)
{
    char done[NODES] = { 0 };

    for (int i = 0; i < NODES; i++) {
        distances[i] = INT_MAX;
        before[i] = -1;
    }
    distances[start] = 0;
    for (;;) {
        int nearest = -1;

        for (int i = 0; i < NODES; i++)
            if (!done[i] && distances[i] != INT_MAX &&
                (nearest < 0 || distances[i] < distances[nearest]))
                nearest = i;
        if (nearest < 0)
            return;
        done[nearest] = 1;
        for (int i = 0; i < EDGES; i++)
            if (edges[i].from == nearest &&
                distances[nearest] + edges[i].weight < distances[edges[i].to]) {
                distances[edges[i].to] = distances[nearest] + edges[i].weight;
                before[edges[i].to] = nearest;
            }
    }
}

static int by_weight(const void *a, const void *b)
{
    const struct edge *x = a, *y = b;

    if (x->weight != y->weight)
        return x->weight - y->weight;
    return x->from != y->from ? x->from - y->from : x->to - y->to;
}

static int find(int *parents, int node)
{
    while (parents[node] != node)
        node = parents[node] = parents[parents[node]];
    return node;
}

static void spanning(void)
{
    int parents[NODES], total = 0, used = 0;

    for (int i = 0; i < NODES; i++)
        parents[i] = i;
    qsort(edges, EDGES, sizeof edges[0], by_weight);
    for (int i = 0; i < EDGES; i++) {
        int a = find(parents, edges[i].from), b = find(parents, edges[i].to);

        if (a == b)
            continue;
        parents[a] = b;
        total += edges[i].weight;
        used++;
    }
    printf("spanning tree of %d edges, weight %d\n", used, total);
}

/* A treap: a search tree by key, a heap by priority. */
struct tree {
    int key;
    uint32_t priority;
    struct tree *left, *right;
};

static struct tree *insert(struct tree *tree, int key)
{
    struct tree *child;

    if (tree == NULL) {
        tree = calloc(1, sizeof *tree);
        tree->key = key;
        tree->priority = chance();
        return tree;
    }
    if (key == tree->key)
        return tree;
    if (key < tree->key) {
        child = tree->left = insert(tree->left, key);
        if (child->priority > tree->priority) {
            tree->left = child->right;
            child->right = tree;
            return child;
        }
    } else {
        child = tree->right = insert(tree->right, key);
        if (child->priority > tree->priority) {
            tree->right = child->left;
            child->left = tree;
            return child;
        }
    }
    return tree;
}

static int height(const struct tree *tree)
{
    int left, right;

    if (tree == NULL)
        return 0;
    left = height(tree->left);
    right = height(tree->right);
    return 1 + (left > right ? left : right);
}

static void in_order(const struct tree *tree, int *count, uint32_t *sum)
{
    if (tree == NULL)
        return;
    in_order(tree->left, count, sum);
    ++*count;
    *sum = fold(*sum, (uint32_t)tree->key);
    in_order(tree->right, count, sum);
}

static void release(struct tree *tree)
{
    if (tree == NULL)
        return;
    release(tree->left);
    release(tree->right);
    free(tree);
}

int main(void)
{
    struct tree *tree = NULL;
    uint32_t sum = 1;
    int count = 0;

    for (int i = 0; i < EDGES; i++) {
        edges[i].from = (int)(chance() % NODES);
        edges[i].to = (int)(chance() % NODES);
        edges[i].weight = 1 + (int)(chance() % 100);
    }
    shortest(0);
    for (int i = 7; i < NODES; i += 13) {
        printf("%d at %d:", i, distances[i]);
        for (int k = i; k >= 0; k = before[k])
            printf(" %d", k);
        printf("\n");
    }
    spanning();
    for (int i = 0; i < 2000; i++)
        tree = insert(tree, (int)(chance() % 1500));
    in_order(tree, &count, &sum);
    printf("tree of %d, height %d, sum %08lx\n", count, height(tree), (unsigned long)sum);
    release(tree);
    return 0;
}
