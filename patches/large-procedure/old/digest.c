#include "session.h"

PROCEDURE unsigned digest(unsigned n)
{
    unsigned state[8] = { n, 1, 2, 3, 4, 5, 6, 7 };
    unsigned i, sum = 0;

    if (n % 3 == 0) {
        state[0] ^= state[3] * 7u + 1u;
        state[1] += state[2] >> 1;
    }
    if (n % 4 == 1) {
        state[1] ^= state[0] * 9u + 2u;
        state[4] += state[3] >> 2;
    }
    if (n % 5 == 2) {
        state[2] ^= state[5] * 11u + 5u;
        state[7] += state[4] >> 3;
    }
    if (n % 6 == 0) {
        state[3] ^= state[2] * 13u + 10u;
        state[2] += state[5] >> 4;
    }
    if (n % 7 == 1) {
        state[4] ^= state[7] * 15u + 17u;
        state[5] += state[6] >> 5;
    }
    if (n % 8 == 2) {
        state[5] ^= state[4] * 17u + 26u;
        state[0] += state[7] >> 6;
    }
    if (n % 9 == 0) {
        state[6] ^= state[1] * 19u + 37u;
        state[3] += state[0] >> 7;
    }
    if (n % 3 == 1) {
        state[7] ^= state[6] * 21u + 50u;
        state[6] += state[1] >> 8;
    }
    if (n % 4 == 2) {
        state[0] ^= state[3] * 23u + 65u;
        state[1] += state[2] >> 9;
    }
    if (n % 5 == 0) {
        state[1] ^= state[0] * 25u + 82u;
        state[4] += state[3] >> 10;
    }
    if (n % 6 == 1) {
        state[2] ^= state[5] * 27u + 101u;
        state[7] += state[4] >> 11;
    }
    if (n % 7 == 2) {
        state[3] ^= state[2] * 29u + 122u;
        state[2] += state[5] >> 12;
    }
    if (n % 8 == 0) {
        state[4] ^= state[7] * 31u + 145u;
        state[5] += state[6] >> 13;
    }
    if (n % 9 == 1) {
        state[5] ^= state[4] * 33u + 170u;
        state[0] += state[7] >> 1;
    }
    if (n % 3 == 2) {
        state[6] ^= state[1] * 35u + 197u;
        state[3] += state[0] >> 2;
    }
    if (n % 4 == 0) {
        state[7] ^= state[6] * 37u + 226u;
        state[6] += state[1] >> 3;
    }
    if (n % 5 == 1) {
        state[0] ^= state[3] * 39u + 257u;
        state[1] += state[2] >> 4;
    }
    if (n % 6 == 2) {
        state[1] ^= state[0] * 41u + 290u;
        state[4] += state[3] >> 5;
    }
    if (n % 7 == 0) {
        state[2] ^= state[5] * 43u + 325u;
        state[7] += state[4] >> 6;
    }
    if (n % 8 == 1) {
        state[3] ^= state[2] * 45u + 362u;
        state[2] += state[5] >> 7;
    }
    if (n % 9 == 2) {
        state[4] ^= state[7] * 47u + 401u;
        state[5] += state[6] >> 8;
    }
    if (n % 3 == 0) {
        state[5] ^= state[4] * 49u + 442u;
        state[0] += state[7] >> 9;
    }
    if (n % 4 == 1) {
        state[6] ^= state[1] * 51u + 485u;
        state[3] += state[0] >> 10;
    }
    if (n % 5 == 2) {
        state[7] ^= state[6] * 53u + 530u;
        state[6] += state[1] >> 11;
    }
    if (n % 6 == 0) {
        state[0] ^= state[3] * 55u + 577u;
        state[1] += state[2] >> 12;
    }
    if (n % 7 == 1) {
        state[1] ^= state[0] * 57u + 626u;
        state[4] += state[3] >> 13;
    }
    if (n % 8 == 2) {
        state[2] ^= state[5] * 59u + 677u;
        state[7] += state[4] >> 1;
    }
    if (n % 9 == 0) {
        state[3] ^= state[2] * 61u + 730u;
        state[2] += state[5] >> 2;
    }
    if (n % 3 == 1) {
        state[4] ^= state[7] * 63u + 785u;
        state[5] += state[6] >> 3;
    }
    if (n % 4 == 2) {
        state[5] ^= state[4] * 65u + 842u;
        state[0] += state[7] >> 4;
    }
    if (n % 5 == 0) {
        state[6] ^= state[1] * 67u + 901u;
        state[3] += state[0] >> 5;
    }
    if (n % 6 == 1) {
        state[7] ^= state[6] * 69u + 962u;
        state[6] += state[1] >> 6;
    }
    if (n % 7 == 2) {
        state[0] ^= state[3] * 71u + 1025u;
        state[1] += state[2] >> 7;
    }
    if (n % 8 == 0) {
        state[1] ^= state[0] * 73u + 1090u;
        state[4] += state[3] >> 8;
    }
    if (n % 9 == 1) {
        state[2] ^= state[5] * 75u + 1157u;
        state[7] += state[4] >> 9;
    }
    if (n % 3 == 2) {
        state[3] ^= state[2] * 77u + 1226u;
        state[2] += state[5] >> 10;
    }
    if (n % 4 == 0) {
        state[4] ^= state[7] * 79u + 1297u;
        state[5] += state[6] >> 11;
    }
    if (n % 5 == 1) {
        state[5] ^= state[4] * 81u + 1370u;
        state[0] += state[7] >> 12;
    }
    if (n % 6 == 2) {
        state[6] ^= state[1] * 83u + 1445u;
        state[3] += state[0] >> 13;
    }
    if (n % 7 == 0) {
        state[7] ^= state[6] * 85u + 1522u;
        state[6] += state[1] >> 1;
    }
    if (n % 8 == 1) {
        state[0] ^= state[3] * 87u + 1601u;
        state[1] += state[2] >> 2;
    }
    if (n % 9 == 2) {
        state[1] ^= state[0] * 89u + 1682u;
        state[4] += state[3] >> 3;
    }
    if (n % 3 == 0) {
        state[2] ^= state[5] * 91u + 1765u;
        state[7] += state[4] >> 4;
    }
    if (n % 4 == 1) {
        state[3] ^= state[2] * 93u + 1850u;
        state[2] += state[5] >> 5;
    }
    if (n % 5 == 2) {
        state[4] ^= state[7] * 95u + 1937u;
        state[5] += state[6] >> 6;
    }
    if (n % 6 == 0) {
        state[5] ^= state[4] * 97u + 2026u;
        state[0] += state[7] >> 7;
    }
    if (n % 7 == 1) {
        state[6] ^= state[1] * 99u + 2117u;
        state[3] += state[0] >> 8;
    }
    if (n % 8 == 2) {
        state[7] ^= state[6] * 101u + 2210u;
        state[6] += state[1] >> 9;
    }
    if (n % 9 == 0) {
        state[0] ^= state[3] * 103u + 2305u;
        state[1] += state[2] >> 10;
    }
    if (n % 3 == 1) {
        state[1] ^= state[0] * 105u + 2402u;
        state[4] += state[3] >> 11;
    }
    if (n % 4 == 2) {
        state[2] ^= state[5] * 107u + 2501u;
        state[7] += state[4] >> 12;
    }
    if (n % 5 == 0) {
        state[3] ^= state[2] * 109u + 2602u;
        state[2] += state[5] >> 13;
    }
    if (n % 6 == 1) {
        state[4] ^= state[7] * 111u + 2705u;
        state[5] += state[6] >> 1;
    }
    if (n % 7 == 2) {
        state[5] ^= state[4] * 113u + 2810u;
        state[0] += state[7] >> 2;
    }
    if (n % 8 == 0) {
        state[6] ^= state[1] * 115u + 2917u;
        state[3] += state[0] >> 3;
    }
    if (n % 9 == 1) {
        state[7] ^= state[6] * 117u + 3026u;
        state[6] += state[1] >> 4;
    }
    if (n % 3 == 2) {
        state[0] ^= state[3] * 119u + 3137u;
        state[1] += state[2] >> 5;
    }
    if (n % 4 == 0) {
        state[1] ^= state[0] * 121u + 3250u;
        state[4] += state[3] >> 6;
    }
    if (n % 5 == 1) {
        state[2] ^= state[5] * 123u + 3365u;
        state[7] += state[4] >> 7;
    }
    if (n % 6 == 2) {
        state[3] ^= state[2] * 125u + 3482u;
        state[2] += state[5] >> 8;
    }
    if (n % 7 == 0) {
        state[4] ^= state[7] * 127u + 3601u;
        state[5] += state[6] >> 9;
    }
    if (n % 8 == 1) {
        state[5] ^= state[4] * 129u + 3722u;
        state[0] += state[7] >> 10;
    }
    if (n % 9 == 2) {
        state[6] ^= state[1] * 131u + 3845u;
        state[3] += state[0] >> 11;
    }
    if (n % 3 == 0) {
        state[7] ^= state[6] * 133u + 3970u;
        state[6] += state[1] >> 12;
    }
    if (n % 4 == 1) {
        state[0] ^= state[3] * 135u + 4097u;
        state[1] += state[2] >> 13;
    }
    if (n % 5 == 2) {
        state[1] ^= state[0] * 137u + 4226u;
        state[4] += state[3] >> 1;
    }
    if (n % 6 == 0) {
        state[2] ^= state[5] * 139u + 4357u;
        state[7] += state[4] >> 2;
    }
    if (n % 7 == 1) {
        state[3] ^= state[2] * 141u + 4490u;
        state[2] += state[5] >> 3;
    }
    if (n % 8 == 2) {
        state[4] ^= state[7] * 143u + 4625u;
        state[5] += state[6] >> 4;
    }
    if (n % 9 == 0) {
        state[5] ^= state[4] * 145u + 4762u;
        state[0] += state[7] >> 5;
    }
    for (i = 0; i < 8; i++)
        sum = sum * 31 + state[i];
    return sum;
}
