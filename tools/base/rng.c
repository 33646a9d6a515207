#include "base/rng.h"

#include <assert.h>
#include <math.h>

static uint64_t rotate_left(uint64_t x, int bits)
{
    return (x << bits) | (x >> (64 - bits));
}

// https://prng.di.unimi.it/splitmix64.c
static uint64_t splitmix_next(uint64_t *state)
{
    *state += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t z = *state;
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

void mb_rng_init(struct mb_rng *rng, uint64_t seed)
{
    for (size_t i = 0; i < 4; i++) {
        rng->state[i] = splitmix_next(&seed);
    }
}

// https://prng.di.unimi.it/xoshiro256starstar.c
uint64_t mb_rng_next(struct mb_rng *rng)
{
    uint64_t *s = rng->state;
    uint64_t result = rotate_left(s[1] * 5, 7) * 9;
    uint64_t t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate_left(s[3], 45);
    return result;
}

uint64_t mb_rng_below(struct mb_rng *rng, uint64_t bound)
{
    assert(bound > 0);
    // The lowest 2^64 mod bound values would make small results likelier: draw again.
    uint64_t first_fair = (0 - bound) % bound;
    uint64_t x = mb_rng_next(rng);
    while (x < first_fair) {
        x = mb_rng_next(rng);
    }
    return x % bound;
}

double mb_rng_unit(struct mb_rng *rng)
{
    uint64_t bits = mb_rng_next(rng) >> 11;
    while (bits == 0) {
        bits = mb_rng_next(rng) >> 11;
    }
    return (double)bits * 0x1p-53;
}

double mb_rng_exponential(struct mb_rng *rng)
{
    return -log(mb_rng_unit(rng));
}

void mb_rng_shuffle(struct mb_rng *rng, size_t *items, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        items[i] = i;
    }
    for (size_t left = count; left > 1; left--) {
        size_t pick = (size_t)mb_rng_below(rng, left);
        size_t kept = items[left - 1];
        items[left - 1] = items[pick];
        items[pick] = kept;
    }
}

uint64_t mb_rng_derive(uint64_t seed, const char *label)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325); // FNV-1a, 64 bits
    for (const char *c = label; *c != '\0'; c++) {
        hash = (hash ^ (unsigned char)*c) * UINT64_C(0x100000001b3);
    }
    uint64_t state = seed;
    uint64_t mixed = splitmix_next(&state) ^ hash;
    return splitmix_next(&mixed);
}
