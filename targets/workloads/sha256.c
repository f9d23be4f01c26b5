/* SHA-256 as FIPS 180-4 has it. */
#include "workload.h"

enum { BLOCK = 64, SIZE = 1 << 16 };

static const unsigned constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1,
    0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3,
    0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
    0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147,
    0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
    0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
    0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
    0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
    0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static const unsigned start[8] = {
    0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
    0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
};

static inline unsigned rotate(unsigned value, int count)
{
    return value >> count | value << (32 - count);
}

static void compress(unsigned *hash, const unsigned char *block)
{
    unsigned w[64], v[8];
    int i;

    for (i = 0; i < 16; i++, block += 4)
        w[i] = (unsigned)block[0] << 24 | (unsigned)block[1] << 16 |
               (unsigned)block[2] << 8 | block[3];
    for (; i < 64; i++) {
        unsigned a = w[i - 15], b = w[i - 2];

        w[i] = w[i - 16] + (rotate(a, 7) ^ rotate(a, 18) ^ a >> 3) +
               w[i - 7] + (rotate(b, 17) ^ rotate(b, 19) ^ b >> 10);
    }
    memcpy(v, hash, sizeof v);
    for (i = 0; i < 64; i++) {
        unsigned a = v[0], e = v[4];
        unsigned first = v[7] +
                         (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) +
                         ((e & v[5]) ^ (~e & v[6])) + constants[i] + w[i];
        unsigned second = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) +
                          ((a & v[1]) ^ (a & v[2]) ^ (v[1] & v[2]));

        v[7] = v[6];
        v[6] = v[5];
        v[5] = e;
        v[4] = v[3] + first;
        v[3] = v[2];
        v[2] = v[1];
        v[1] = a;
        v[0] = first + second;
    }
    for (i = 0; i < 8; i++)
        hash[i] += v[i];
}

static void sha256(unsigned *hash, const unsigned char *from, size_t size)
{
    unsigned char last[2 * BLOCK];
    size_t rest = size % BLOCK, i;
    size_t padded = rest + 9 <= BLOCK ? BLOCK : 2 * BLOCK;

    memcpy(hash, start, sizeof start);
    for (i = 0; i < size / BLOCK; i++)
        compress(hash, from + i * BLOCK);
    memset(last, 0, sizeof last);
    memcpy(last, from + size - rest, rest);
    last[rest] = 0x80;
    for (i = 0; i < 4; i++)
        last[padded - 1 - i] = (unsigned char)(size << 3 >> 8 * i);
    for (i = 0; i < padded; i += BLOCK)
        compress(hash, last + i);
}

static unsigned char data[SIZE];

int main(int argc, char **argv)
{
    unsigned round, count = rounds(argc, argv, 12), i;
    unsigned hash[8], state = 123456789;

    sha256(hash, (const unsigned char *)"abc", 3);
    if (hash[0] != 0xba7816bf || hash[7] != 0xf20015ad) {
        print("wrong check value\n");
        return 1;
    }
    for (i = 0; i < SIZE; i++)
        data[i] = (unsigned char)random32(&state);
    for (round = 0; round < count; round++) {
        sha256(hash, data, SIZE - round % BLOCK);
        for (i = 0; i < 32; i++)
            data[i] = (unsigned char)(hash[i / 4] >> (24 - i % 4 * 8));
    }
    print("sha256 ");
    for (i = 0; i < 8; i++)
        print("%08x", hash[i]);
    print("\n");
    return 0;
}
