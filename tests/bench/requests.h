/*
 * requests.h: the requests of the load generator, as text that is made before the clock starts.
 *
 *   cross   a sell, then a buy at the same price, of members of two halves: a trade for two orders
 *   mix     60 % orders that rest, 35 % cancels of one of them, 5 % orders that cross the spread
 *   get     one path, in the name of one member after the other
 *
 * Owns its memory. One thread.
 */
#ifndef TESTS_BENCH_REQUESTS_H
#define TESTS_BENCH_REQUESTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum request_mode { MODE_CROSS, MODE_MIX, MODE_GET };

enum { REQUEST_BYTES_MAX = 2048, LIVE_MAX = 1 << 16 };

struct request {
    const char *text;
    size_t length;
    size_t member;
    bool makes_order; /* the answer has its id */
};

struct requests;

/* `people` has a line "UID TOKEN" for each member; `path` is of the API ("/market/orders"); `cookie`
 * is the name under which the token goes, NULL: Authorization. NULL
 * with a line on stderr when the file is not good. */
struct requests *requests_new(enum request_mode mode, const char *people, const char *path,
                              const char *cookie);
void requests_free(struct requests *requests); /* NULL is fine */

/* The next request. `room` is where its text goes when it can't be made before (cancels). */
struct request requests_next(struct requests *requests, char room[static REQUEST_BYTES_MAX]);

/* mix: an order rests; it may be cancelled from now on. */
void requests_rests(struct requests *requests, size_t member, uint64_t order_id);

size_t requests_members(const struct requests *requests);
const char *requests_uid(const struct requests *requests, size_t member);

#endif
