/* The floating-point environment: rounding modes, flags, holding them. */
#include <fenv.h>
#include <math.h>
#include <stdio.h>

static const struct {
    const char *name;
    int mode;
} modes[] = {
    { "nearest", FE_TONEAREST },
    { "to zero", FE_TOWARDZERO },
    { "up", FE_UPWARD },
    { "down", FE_DOWNWARD },
};

/* Volatile: computed at run time, each time. */
static volatile double one = 1, three = 3, tenth = 0.1, huge = 1e308, tiny = 1e-308;
static volatile float one_f = 1, seven_f = 7, sixteen_million = 16777217;
static volatile double zero;

static void flags(const char *what)
{
    int raised = fetestexcept(FE_ALL_EXCEPT);

    printf("%s:%s%s%s%s%s%s\n", what, raised & FE_INEXACT ? " inexact" : "",
           raised & FE_UNDERFLOW ? " underflow" : "",
           raised & FE_OVERFLOW ? " overflow" : "",
           raised & FE_DIVBYZERO ? " division" : "",
           raised & FE_INVALID ? " invalid" : "", raised ? "" : " none");
    feclearexcept(FE_ALL_EXCEPT);
}

static void in_mode(void)
{
    volatile double d;
    volatile float f;

    d = one / three;
    printf("  third %a", d);
    d = -one / three;
    printf(" %a", d);
    f = one_f / seven_f;
    printf(", seventh %a\n", (double)f);
    d = huge * 10;
    printf("  overflow %g", d);
    d = -huge * 10;
    printf(" %g", d);
    d = tiny * 1e-15;
    printf(", underflow %a", d);
    d = tiny * 1e-300;
    printf(" %a\n", d);
    printf("  rint %g %g %g %g, lrint %ld %ld\n", rint(2.5 * one), rint(3.5 * one),
           rint(-2.5 * one), rint(0.3 * one), lrint(2.5 * one), lrint(-1.5 * one));
    printf("  nearbyint %g, round %g, floor %g, ceil %g, trunc %g\n",
           nearbyint(1.5 * one), round(2.5 * one), floor(-1.5 * one), ceil(1.2 * one),
           trunc(-1.7 * one));
    f = (float)tenth;
    printf("  narrowed %a, sum %a, root %a\n", (double)f, tenth + 0.2, sqrt(2 * one));
    f = (float)sixteen_million;
    printf("  integers %a %a\n", (double)(float)(16777217 * (int)one),
           (double)(9007199254740993LL * (long long)one));
    printf("  truncated %d %d\n", (int)(2.9 * one), (int)(-2.9 * one));
    printf("  fma %a\n", fma(tenth, 10.0 * one, -one));
}

static void each_flag(void)
{
    volatile double d;
    volatile float f;
    volatile int i;

    feclearexcept(FE_ALL_EXCEPT);
    d = one + 2;
    flags("exact");
    d = one / three;
    flags("third");
    d = one / zero;
    flags("by zero");
    d = zero / zero;
    flags("zero by zero");
    d = huge * huge;
    flags("too large");
    d = tiny * tiny;
    flags("too small");
    d = sqrt(-one);
    flags("root of minus one");
    d = INFINITY - INFINITY * one;
    flags("infinity less infinity");
    f = (float)huge;
    flags("narrowed");
    i = (int)(one * 1.5);
    flags("to integer");
    i = (int)(huge * one);
    flags("to integer, too large");
    i = d < one;
    flags("less than nan");
    i = d == one;
    flags("equal to nan");
    i = isless(d, one);
    flags("quietly less");
    (void)i;
    (void)f;
}

static void environment(void)
{
    fenv_t kept;
    fexcept_t exceptions;

    feclearexcept(FE_ALL_EXCEPT);
    feraiseexcept(FE_INVALID);
    fesetround(FE_UPWARD);
    printf("hold %d\n", feholdexcept(&kept));
    flags("held");
    fesetround(FE_DOWNWARD);
    feraiseexcept(FE_DIVBYZERO);
    feupdateenv(&kept);
    printf("rounds up again %d\n", fegetround() == FE_UPWARD);
    flags("both");
    feraiseexcept(FE_OVERFLOW);
    fegetexceptflag(&exceptions, FE_ALL_EXCEPT);
    feclearexcept(FE_ALL_EXCEPT);
    fesetexceptflag(&exceptions, FE_OVERFLOW);
    flags("put back");
    fesetround(FE_TONEAREST);
    printf("unknown mode refused %d\n", fesetround(12345) != 0);
}

int main(void)
{
    for (int i = 0; i < 4; i++) {
        printf("%s: %d\n", modes[i].name, fesetround(modes[i].mode));
        printf("  in effect %d\n", fegetround() == modes[i].mode);
        in_mode();
    }
    fesetround(FE_TONEAREST);
    each_flag();
    environment();
    return 0;
}
