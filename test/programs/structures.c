/* Structures of all sizes, passed and returned by value; unions; bit-fields;
   arrays of function pointers; alignment. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct one { char c; };
struct two { short a; };
struct three { char c[3]; };
struct eight { int a, b; };
struct twelve { int a, b, c; };
struct real { double d; };
struct reals { double d, e; };
struct floats { float f, g; };
struct mixed { int i; float f; };
struct odd { double d; char c; };
struct large { int a[20]; double d; };
struct nested { struct eight first; union { double d; uint32_t words[2]; } u; char tail; };

#define NOINLINE __attribute__((noinline, noclone))

static NOINLINE struct one f1(struct one v) { v.c++; return v; }
static NOINLINE struct two f2(struct two v) { v.a *= 2; return v; }
static NOINLINE struct three f3(struct three v) { v.c[1] ^= 0x20; return v; }
static NOINLINE struct eight f8(int x, struct eight v) { v.a += x; v.b -= x; return v; }
static NOINLINE struct twelve f12(struct twelve v, struct one o)
{
    v.b += o.c;
    return v;
}
static NOINLINE struct real fr(struct real v) { v.d *= 1.5; return v; }
static NOINLINE struct reals frs(struct reals v) { return (struct reals){ v.e, v.d }; }
static NOINLINE struct floats fff(struct floats v) { return (struct floats){ v.g, v.f * 2 }; }
static NOINLINE struct mixed fm(struct mixed v, int a, double b)
{
    return (struct mixed){ v.i + a, v.f + (float)b };
}
static NOINLINE struct odd fo(int a, int b, int c, int d, int e, struct odd v)
{
    return (struct odd){ v.d + a + b + c + d + e, (char)(v.c + 1) };
}
static NOINLINE struct large fl(struct large v, int at)
{
    v.a[at] = 99;
    v.d = at;
    return v;
}
static NOINLINE struct nested fn(struct nested v)
{
    v.first = f8(1, v.first);
    v.u.d = 1.0;
    v.tail++;
    return v;
}

struct fields {
    unsigned a : 3;
    int b : 5;
    unsigned c : 17;
    unsigned : 0;
    long long d : 40;
    unsigned e : 1;
    uint8_t f : 4, g : 4;
};

static void bit_fields(void)
{
    struct fields fields;
    int sum = 0;

    memset(&fields, 0, sizeof fields);
    for (int i = 0; i < 100; i++) {
        fields.a += 3;
        fields.b -= 7;
        fields.c = fields.c * 5 + 1;
        fields.d = fields.d * -3 + i;
        fields.e ^= 1;
        fields.f++;
        fields.g = fields.f * 3;
        sum += fields.a + fields.b + fields.e + fields.g;
    }
    printf("%u %d %u %lld %u %u %u, sum %d\n", fields.a, fields.b, fields.c,
           (long long)fields.d, fields.e, fields.f, fields.g, sum);
}

static int add(int a, int b) { return a + b; }
static int subtract(int a, int b) { return a - b; }
static int multiply(int a, int b) { return a * b; }

struct __attribute__((packed)) packed {
    char c;
    int i;
    short s;
    double d;
};

int main(void)
{
    static int (*const table[])(int, int) = { add, subtract, multiply };
    struct three three = { "abc" };
    struct large large = { { 1, 2, 3 }, 0 };
    struct nested nested = { { 5, 6 }, { 0 }, 'x' };
    struct packed packed = { 'p', 0x12345678, -2, 2.75 };
    struct fields fields = { .d = 5 };
    int total = 0;

    three = f3(three);
    large = fl(large, 7);
    nested = fn(nested);
    printf("%d %d %.3s\n", f1((struct one){ 65 }).c, f2((struct two){ -300 }).a, three.c);
    printf("%d %d\n", f8(3, (struct eight){ 10, 20 }).a, f8(3, (struct eight){ 10, 20 }).b);
    printf("%d\n", f12((struct twelve){ 1, 2, 3 }, (struct one){ 5 }).b);
    printf("%g %g %g\n", fr((struct real){ 3 }).d, frs((struct reals){ 1, 2 }).d,
           (double)fff((struct floats){ 1, 2 }).g);
    printf("%d %g\n", fm((struct mixed){ 1, 2 }, 3, 4.5).i,
           (double)fm((struct mixed){ 1, 2 }, 3, 4.5).f);
    printf("%g %c\n", fo(1, 2, 3, 4, 5, (struct odd){ 0.5, 'm' }).d,
           fo(1, 2, 3, 4, 5, (struct odd){ 0.5, 'm' }).c);
    printf("%d %d %g\n", large.a[7], large.a[1], large.d);
    printf("%d %d %g %c, words make one: %d\n", nested.first.a, nested.first.b, nested.u.d,
           nested.tail, (nested.u.words[0] ^ nested.u.words[1]) == 0x3ff00000);
    bit_fields();
    for (int i = 0; i < 9; i++)
        total += table[i % 3](total + i, i);
    printf("%d\n", total);
    printf("%c %x %d %g, sizes %zu %zu %zu\n", packed.c, (unsigned)packed.i, packed.s,
           packed.d, sizeof packed, sizeof(struct odd), offsetof(struct nested, u));
    printf("%d\n", (int)fields.d);
    return 0;
}
