// Seeded random numbers: the same seed gives the same run, on every machine. Base floor.
// xoshiro256** by Blackman and Vigna (https://prng.di.unimi.it), seeded by splitmix64.
#ifndef MB_BASE_RNG_H
#define MB_BASE_RNG_H

#include <stddef.h>
#include <stdint.h>

struct mb_rng {
    uint64_t state[4];
};

void mb_rng_init(struct mb_rng *rng, uint64_t seed);

// 64 random bits.
uint64_t mb_rng_next(struct mb_rng *rng);

// Uniform in [0, bound), without bias; bound > 0.
uint64_t mb_rng_below(struct mb_rng *rng, uint64_t bound);

// Uniform in (0, 1): never 0 and never 1. 53 bits.
double mb_rng_unit(struct mb_rng *rng);

// Exponential with mean 1.
double mb_rng_exponential(struct mb_rng *rng);

// Puts 0..count-1 into random order (Fisher-Yates).
void mb_rng_shuffle(struct mb_rng *rng, size_t *items, size_t count);

// A seed for a named part of a run: mixes the run's seed with a label, so that parts are
// independent and adding one changes no other.
uint64_t mb_rng_derive(uint64_t seed, const char *label);

#endif
