/*
 * bench_engine [ROUNDS]: the matching engine beside a bare array-and-hash book, on the same stream
 * of commands in the same run; one thread, commands read from memory. First both must make exactly
 * the trades of the workload. Then each round times both, throughput and single commands in turn;
 * the medians of the rounds are printed. The latencies include the timer, which is printed as well.
 */
#include <stdlib.h>
#include <time.h>

#include "base/auto.h"
#include "base/check.h"
#include "base/str.h"
#include "matching/engine/book.h"
#include "tests/bench/engine/plain_book.h"
#include "tests/bench/engine/workload.h"

enum {
    ROUNDS_DEFAULT = 5,
    ROUNDS_MAX = 99,
    ORDERS_MAX = 1 << 20,
    BATCH = 512,           /* commands of one result batch */
    LATENCY_NS_MAX = 65536 /* what took longer is counted as this */
};

static const struct workload_plan plans[] = {
    {"A", 50000, 2000000, 50, 42, 0x0a7b0570daf78424u},
    {"B", 10000, 2000000, 50, 42, 0x690ec6ab8772c4e6u},
    {"C", 2000, 2000000, 500, 42, 0x49617de1984bb17au},
};

/* A stream in both forms, and what runs on it. */
struct world {
    struct workload workload;
    struct command *commands;
    struct book *book;
    struct str out;
    struct plain_book *plain;
    uint64_t plain_trades_hashed;
};

struct contestant {
    const char *name;
    void (*open)(struct world *world);
    void (*run)(struct world *world, size_t from, size_t to);
    uint64_t (*hash)(struct world *world, uint64_t hash); /* of the trades of the last run() */
    void (*close)(struct world *world);
};

/* ---- clocks ---- */

static uint64_t clock_ns(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

#ifdef __x86_64__
#include <x86intrin.h>
static inline uint64_t ticks(void)
{
    unsigned processor;
    return __rdtscp(&processor);
}
#else
static inline uint64_t ticks(void)
{
    return clock_ns(CLOCK_MONOTONIC);
}
#endif

static uint64_t ticks_per_ms(void)
{
    uint64_t start_ns = clock_ns(CLOCK_MONOTONIC), start = ticks();
    while (clock_ns(CLOCK_MONOTONIC) - start_ns < 20000000)
        ;
    return (ticks() - start) / 20;
}

/* ---- the engine ---- */

static struct command command_of(const struct workload_command *from, uint64_t seq)
{
    struct command command = {
        .seq = seq,
        .order_id = from->order_id,
        .member_id = from->member,
        .price = from->price,
        .amount = from->amount,
        .kind = COMMAND_SUBMIT,
        .side = from->side,
    };
    if (from->kind == WORKLOAD_CANCEL)
        command.kind = COMMAND_CANCEL;
    if (from->kind == WORKLOAD_MARKET)
        command.type = TYPE_MARKET;
    if (from->kind == WORKLOAD_MARKET && from->side == SIDE_BUY)
        command.budget_high = 1u << 30;
    return command;
}

static void engine_open(struct world *world)
{
    world->book = book_new(ORDERS_MAX);
    world->out = STR_INIT(PROTOCOL_BATCH_BYTES_MAX);
    assert(world->book);
}

static void engine_run(struct world *world, size_t from, size_t to)
{
    str_clear(&world->out);
    size_t count = to - from;
    size_t applied = book_apply_many(world->book, &world->commands[from], count, &world->out);
    assert(applied == count);
}

static uint64_t engine_hash(struct world *world, uint64_t hash)
{
    struct batch batch = {
        .body = (const uint8_t *)world->out.data,
        .body_length = world->out.length,
    };
    struct result result;
    struct result_item item;
    for (size_t offset = 0; result_next(&batch, &offset, &result);)
        for (size_t i = 0; i < result.items; i++) {
            result_item_next(&batch, &offset, &item);
            if (item.kind == ITEM_TRADE)
                hash = trade_hash(hash, item.order_id, item.other_order_id, (uint32_t)item.price,
                                  (uint32_t)item.amount);
        }
    return hash;
}

static void engine_close(struct world *world)
{
    book_free(TAKE(world->book));
    str_release(&world->out);
}

/* ---- the bare book ---- */

static void plain_open(struct world *world)
{
    world->plain = plain_book_new();
    world->plain_trades_hashed = 0;
}

static void plain_run(struct world *world, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        plain_book_apply(world->plain, &world->workload.commands[i]);
}

static uint64_t plain_hash(struct world *world, uint64_t hash)
{
    while (world->plain_trades_hashed < plain_book_trades(world->plain)) {
        const struct plain_trade *trade =
            plain_book_trade(world->plain, world->plain_trades_hashed++);
        hash = trade_hash(hash, trade->maker, trade->taker, trade->price, trade->amount);
    }
    return hash;
}

static void plain_close(struct world *world)
{
    plain_book_free(TAKE(world->plain));
}

static const struct contestant contestants[] = {
    {"bourse engine", engine_open, engine_run, engine_hash, engine_close},
    {"bare book", plain_open, plain_run, plain_hash, plain_close},
};

/* ---- measuring ---- */

static void run_in_batches(const struct contestant *contestant, struct world *world, size_t from,
                           size_t to)
{
    for (size_t at = from; at < to; at += BATCH)
        contestant->run(world, at, at + BATCH < to ? at + BATCH : to);
}

static bool trades_agree(const struct contestant *contestant, struct world *world)
{
    uint64_t hash = TRADE_HASH_START;
    contestant->open(world);
    for (size_t at = 0; at < world->workload.count; at++) {
        contestant->run(world, at, at + 1);
        hash = contestant->hash(world, hash);
    }
    contestant->close(world);
    return hash == world->workload.trade_hash;
}

/* Commands per second of this thread's processor time: others on the machine don't count. */
static uint64_t throughput(const struct contestant *contestant, struct world *world)
{
    contestant->open(world);
    run_in_batches(contestant, world, 0, world->workload.prefill);
    uint64_t start_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID);
    run_in_batches(contestant, world, world->workload.prefill, world->workload.count);
    uint64_t took_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID) - start_ns;
    contestant->close(world);
    return (world->workload.count - world->workload.prefill) * 1000000000u / took_ns;
}

/* Counts the measured commands by the nanoseconds that each took. */
static void latencies(const struct contestant *contestant, struct world *world, uint64_t scale,
                      uint32_t counts[static LATENCY_NS_MAX])
{
    contestant->open(world);
    run_in_batches(contestant, world, 0, world->workload.prefill);
    for (size_t at = world->workload.prefill; at < world->workload.count; at++) {
        uint64_t start = ticks();
        contestant->run(world, at, at + 1);
        uint64_t ns = (ticks() - start) * 1000000 / scale;
        counts[ns < LATENCY_NS_MAX ? ns : LATENCY_NS_MAX - 1]++;
    }
    contestant->close(world);
}

static uint32_t percentile(const uint32_t counts[static LATENCY_NS_MAX], uint64_t per_mille)
{
    uint64_t total = 0, seen = 0;
    for (size_t ns = 0; ns < LATENCY_NS_MAX; ns++)
        total += counts[ns];
    for (uint32_t ns = 0; ns < LATENCY_NS_MAX; ns++) {
        seen += counts[ns];
        if (seen * 1000 >= total * per_mille)
            return ns;
    }
    return LATENCY_NS_MAX;
}

static int compare_u64(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

static uint64_t median(uint64_t *numbers, size_t count)
{
    qsort(numbers, count, sizeof(*numbers), compare_u64);
    return numbers[count / 2];
}

/* ---- the table ---- */

static struct world world_of(const struct workload_plan *plan)
{
    struct world world = {.workload = workload_make(plan)};
    world.commands = calloc(world.workload.count, sizeof(*world.commands));
    assert(world.commands);
    for (size_t i = 0; i < world.workload.count; i++)
        world.commands[i] = command_of(&world.workload.commands[i], i + 1);
    return world;
}

static bool bench_plan(const struct workload_plan *plan, size_t rounds, uint64_t scale)
{
    static uint32_t counts[ARRAY_LEN(contestants)][LATENCY_NS_MAX];
    static uint64_t per_second[ARRAY_LEN(contestants)][ROUNDS_MAX];
    struct world world = world_of(plan);
    bool is_right = world.workload.trade_hash == plan->trade_hash;
    printf("workload %s: %u commands, %lu trades, trade hash %016lx%s\n", plan->name,
           plan->commands, (unsigned long)world.workload.trades,
           (unsigned long)world.workload.trade_hash, is_right ? "" : ", which is WRONG");
    for (size_t i = 0; i < ARRAY_LEN(contestants); i++)
        if (!trades_agree(&contestants[i], &world)) {
            printf("  %s makes OTHER TRADES\n", contestants[i].name);
            is_right = false;
        }
    memset(counts, 0, sizeof(counts));
    for (size_t round = 0; round < rounds; round++)
        for (size_t i = 0; i < ARRAY_LEN(contestants); i++) {
            per_second[i][round] = throughput(&contestants[i], &world);
            latencies(&contestants[i], &world, scale, counts[i]);
        }
    printf("  %-14s %12s %8s %8s %8s\n", "", "commands/s", "p50 ns", "p99 ns", "p99.9 ns");
    for (size_t i = 0; i < ARRAY_LEN(contestants); i++)
        printf("  %-14s %12lu %8u %8u %8u\n", contestants[i].name,
               (unsigned long)median(per_second[i], rounds), percentile(counts[i], 500),
               percentile(counts[i], 990), percentile(counts[i], 999));
    uint64_t percent = median(per_second[0], rounds) * 100 / median(per_second[1], rounds);
    printf("  ratio          %9lu.%02lu\n", (unsigned long)percent / 100,
           (unsigned long)percent % 100);
    free(world.commands);
    workload_release(&world.workload);
    return is_right;
}

int main(int argc, char **argv)
{
    uint64_t rounds = ROUNDS_DEFAULT;
    if (argc > 1 && (!str_to_u64(argv[1], &rounds) || rounds < 1 || rounds > ROUNDS_MAX)) {
        fprintf(stderr, "usage: bench_engine [ROUNDS 1..%d]\n", ROUNDS_MAX);
        return EXIT_FAILURE;
    }
    uint64_t scale = ticks_per_ms();
    uint64_t timer = ticks();
    for (int i = 0; i < 1000; i++)
        (void)ticks();
    timer = (ticks() - timer) * 1000 / scale; /* of a thousand readings, in µs: of one, in ns */
    printf("medians of %lu rounds; the timer itself takes about %lu ns\n", (unsigned long)rounds,
           (unsigned long)timer);
    bool is_right = true;
    for (size_t i = 0; i < ARRAY_LEN(plans); i++)
        is_right = bench_plan(&plans[i], rounds, scale) && is_right;
    return is_right ? EXIT_SUCCESS : EXIT_FAILURE;
}
