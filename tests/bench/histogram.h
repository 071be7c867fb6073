/*
 * histogram.h: latencies counted in buckets whose width grows with the value (1/64 of it), so that
 * millions of samples take fixed room and percentiles are right to 1.6 %. One thread.
 */
#ifndef TESTS_BENCH_HISTOGRAM_H
#define TESTS_BENCH_HISTOGRAM_H

#include <stdint.h>

enum { HISTOGRAM_STEPS = 64, HISTOGRAM_BUCKETS = 40 * HISTOGRAM_STEPS };

struct histogram {
    uint64_t count, max;
    uint32_t buckets[HISTOGRAM_BUCKETS];
};

void histogram_add(struct histogram *histogram, uint64_t value);
/* The value that `per_mille` of the samples don't exceed; 0 without samples. */
uint64_t histogram_at(const struct histogram *histogram, unsigned per_mille);

#endif
