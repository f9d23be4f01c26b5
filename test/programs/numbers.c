/* Numerical work in doubles: linear equations, a transform, planets, a set. */
#include <complex.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "chance.h"

enum { N = 16 };

static double random_real(void) { return chance() / 4294967296.0 * 2 - 1; }

static void equations(void)
{
    double a[N][N + 1], x[N], worst = 0;
    double original[N][N + 1];

    for (int i = 0; i < N; i++)
        for (int k = 0; k <= N; k++)
            a[i][k] = random_real();
    memcpy(original, a, sizeof a);
    for (int i = 0; i < N; i++) {
        int best = i;

        for (int k = i + 1; k < N; k++)
            if (fabs(a[k][i]) > fabs(a[best][i]))
                best = k;
        for (int k = 0; k <= N; k++) {
            double kept = a[i][k];

            a[i][k] = a[best][k];
            a[best][k] = kept;
        }
        for (int k = i + 1; k < N; k++) {
            double factor = a[k][i] / a[i][i];

            for (int j = i; j <= N; j++)
                a[k][j] -= factor * a[i][j];
        }
    }
    for (int i = N - 1; i >= 0; i--) {
        x[i] = a[i][N];
        for (int k = i + 1; k < N; k++)
            x[i] -= a[i][k] * x[k];
        x[i] /= a[i][i];
    }
    for (int i = 0; i < N; i++) {
        double left = 0;

        for (int k = 0; k < N; k++)
            left += original[i][k] * x[k];
        worst = fmax(worst, fabs(left - original[i][N]));
    }
    printf("x = %.17g, %.17g, ..., worst %.3g\n", x[0], x[1], worst);
}

static void transform(double complex *values, int count)
{
    double complex even[64], odd[64];

    if (count == 1)
        return;
    for (int i = 0; i < count / 2; i++) {
        even[i] = values[2 * i];
        odd[i] = values[2 * i + 1];
    }
    transform(even, count / 2);
    transform(odd, count / 2);
    for (int i = 0; i < count / 2; i++) {
        double angle = -2 * 3.14159265358979323846 * i / count;
        double complex turned = (cos(angle) + I * sin(angle)) * odd[i];

        values[i] = even[i] + turned;
        values[i + count / 2] = even[i] - turned;
    }
}

static void spectrum(void)
{
    double complex values[64];

    for (int i = 0; i < 64; i++)
        values[i] = sin(i * 0.7) + 0.25 * random_real();
    transform(values, 64);
    for (int i = 0; i < 64; i += 9)
        printf("%.15g%+.15gi ", creal(values[i]), cimag(values[i]));
    printf("\n");
}

struct body {
    double x[3], v[3], mass;
};

static void planets(void)
{
    struct body bodies[4] = {
        { { 0, 0, 0 }, { 0, 0, 0 }, 39.5 },
        { { 1, 0, 0.1 }, { 0, 6.2, 0 }, 0.04 },
        { { -5, 0.3, 0 }, { 0.2, -2.7, 0.1 }, 0.5 },
        { { 0.2, 9, -0.4 }, { -2, 0, 0 }, 0.01 },
    };

    for (int step = 0; step < 600; step++) {
        for (int i = 0; i < 4; i++)
            for (int k = i + 1; k < 4; k++) {
                double d[3], square = 0, force;

                for (int j = 0; j < 3; j++) {
                    d[j] = bodies[i].x[j] - bodies[k].x[j];
                    square += d[j] * d[j];
                }
                force = 0.001 / (square * sqrt(square));
                for (int j = 0; j < 3; j++) {
                    bodies[i].v[j] -= d[j] * bodies[k].mass * force;
                    bodies[k].v[j] += d[j] * bodies[i].mass * force;
                }
            }
        for (int i = 0; i < 4; i++)
            for (int j = 0; j < 3; j++)
                bodies[i].x[j] += bodies[i].v[j] * 0.001;
    }
    for (int i = 0; i < 4; i++)
        printf("%.15g %.15g %.15g\n", bodies[i].x[0], bodies[i].x[1], bodies[i].x[2]);
}

static void set(void)
{
    for (int row = 0; row < 14; row++) {
        for (int column = 0; column < 56; column++) {
            float cx = (float)column / 20 - 2, cy = (float)row / 6 - 1.1f, x = 0, y = 0;
            int steps = 0;

            while (x * x + y * y < 4 && steps < 60) {
                float next = x * x - y * y + cx;

                y = 2 * x * y + cy;
                x = next;
                steps++;
            }
            putchar(" .:-=+*#%@"[steps * 9 / 60]);
        }
        putchar('\n');
    }
}

int main(void)
{
    equations();
    spectrum();
    planets();
    set();
    return 0;
}
