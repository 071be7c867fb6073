/*
 * The engine beside a naive book on random streams of every command kind. After every command the
 * result bytes and the state hash must be equal, a book restored from a snapshot at a random moment
 * must go on in the same way, and what the results tell must add up (ledger_view.h). From time to
 * time the whole state is compared.
 *
 *     ORACLE_COMMANDS=10000000 build/release/tests/unit/services/matching/test_oracle
 *
 * The hash of all results is printed at the end: tests/determinism.sh compares it between
 * compilers. With ORACLE_RECORD=DIR a short stream of each profile is written as documents of the
 * protocol instead, for tests/conformance/vectors/.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/auto.h"
#include "matching/engine/book.h"
#include "tests/unit/services/matching/ledger_view.h"
#include "tests/unit/services/matching/naive_book.h"
#include "tests/unit/services/matching/stream.h"

enum { COMMANDS_DEFAULT = 300000, STATE_EVERY = 257, SNAPSHOT_EVERY = 1000 };

#define BIG ((int64_t)1 << 59)

/* clang-format off */
static const struct stream_profile profiles[] = {
    /* name                     prices: low, step, count   unit    members  room    cancels, alls  calm  sweep part */
    {"eight prices",            1000,     1,       8,      1,        4,     10000,  7,  60,        0,    0,    1},
    {"one price, two members",  1000,     1,       1,      3,        2,     10000,  8,  60,        0,    0,    1},
    {"wide",                    5,        7,       90,     1,        300,   10000,  4,  100,       40,   500,  4},
    {"full books",              1000,     1,       12,     1,        6,     40,     6,  60,        0,    0,    1},
    {"the largest numbers",     BIG + 99, 7,       8,      BIG / 20, 4,     10000,  7,  60,        0,    0,    1},
    {"prices far apart",        1,        BIG - 1, 3,      1,        4,     10000,  7,  60,        0,    0,    1},
    {"deep",                    500,      1,       60,     1,        5,     12000,  1,  3,         99,   3000, 4},
};
/* clang-format on */

struct world {
    struct stream stream;
    struct naive_book naive;
    struct naive_result *expected;
    struct book *book, *restored;
    struct str out, restored_out, snapshot;
    struct ledger_view view;
    uint64_t results_hash;
};

/* ---- the digest of deploy/protocol/matching.md, from the naive orders ---- */

static uint64_t mix(uint64_t sum)
{
    return (sum ^ sum >> 32) * 0xd6e8feb86659fd93u;
}

static uint64_t naive_digest(const struct naive_order *order)
{
    uint64_t flags = (uint64_t)order->side + 256 * (uint64_t)order->type +
                     65536 * (uint64_t)order->tif + 16777216 * (uint64_t)order->stp;
    int64_t price = order->waiting ? order->stop_price : order->price;
    uint64_t digest =
        mix(order->id * 0x9e3779b97f4a7c15u + order->member * 0xbf58476d1ce4e5b9u +
            (uint64_t)price * 0x94d049bb133111ebu + order->rank * 0xa0761d6478bd642fu +
            flags * 0xe7037ed1a0b428dbu + (uint64_t)order->amount * 0x8ebc6af09c88c6e3u);
    uint64_t low, high;
    if (!order->waiting)
        return digest;
    wide_set(order->budget, &low, &high);
    return digest + mix((uint64_t)order->price * 0x9e3779b97f4a7c15u +
                        (uint64_t)order->protection * 0xbf58476d1ce4e5b9u +
                        low * 0x94d049bb133111ebu + high * 0xa0761d6478bd642fu);
}

static uint64_t naive_state_hash(const struct naive_book *book)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < book->count; i++)
        sum += naive_digest(&book->orders[i]);
    return mix(sum * 0x9e3779b97f4a7c15u + book->seq * 0xbf58476d1ce4e5b9u +
               (uint64_t)book->last_price * 0x94d049bb133111ebu +
               (uint64_t)book->halted * 0xa0761d6478bd642fu);
}

/* ---- the whole state ---- */

static int compare_ranks(const void *left, const void *right)
{
    const struct naive_order *a = left, *b = right;
    return (a->rank > b->rank) - (a->rank < b->rank);
}

/* The snapshot of the engine must hold the naive orders, by rank. */
static void assert_same_orders(struct world *world)
{
    struct naive_book *naive = &world->naive;
    struct snapshot_header header;
    const uint8_t *orders;
    struct err err;
    qsort(naive->orders, naive->count, sizeof(*naive->orders), compare_ranks);
    str_clear(&world->snapshot);
    book_snapshot(world->book, "btcusd", &world->snapshot);
    assert_true(
        snapshot_read(world->snapshot.data, world->snapshot.length, &header, &orders, &err));
    assert_true(header.seq == naive->seq && header.orders == naive->count);
    assert_true(header.last_price == naive->last_price && header.halted == naive->halted);
    for (size_t i = 0; i < naive->count; i++) {
        const struct naive_order *expected = &naive->orders[i];
        struct snapshot_order order;
        snapshot_order_get(orders, i, &order);
        assert_true(order.order_id == expected->id && order.member_id == expected->member);
        assert_true(order.price == expected->price && order.amount == expected->amount);
        assert_true(order.stop_price == expected->stop_price && order.rank == expected->rank);
        assert_true(order.protection == expected->protection);
        assert_true(wide_get(order.budget_low, order.budget_high) == expected->budget);
        assert_true(order.side == expected->side && order.type == expected->type);
        assert_true(order.time_in_force == expected->tif && order.stp == expected->stp);
        assert_true(order.waiting == expected->waiting);
        assert_true(view_find(&world->view, order.order_id)->left == order.amount);
    }
    assert_int_equal(world->view.count, naive->count);
    book_check(world->book);
}

/* ---- one command ---- */

static void fail_with(const struct world *world, const struct command *command)
{
    struct result got;
    memcpy(&got, world->out.data, sizeof(got));
    AUTO(str_release) struct str text = STR_INIT(1 << 20);
    for (size_t i = 0; i < got.items; i++) {
        struct result_item item;
        memcpy(&item, world->out.data + sizeof(got) + i * sizeof(item), sizeof(item));
        str_add(&text, "  engine: ");
        result_item_print(&text, &item);
    }
    for (size_t i = 0; i < world->expected->head.items; i++) {
        str_add(&text, "  naive:  ");
        result_item_print(&text, &world->expected->items[i]);
    }
    fail_msg("%s: results differ at command %lu (%s), status %u and %u\n%s",
             world->stream.profile->name, (unsigned long)command->seq,
             command_kind_name(command->kind), got.status, world->expected->head.status,
             str_data(&text));
}

static void apply_everywhere(struct world *world, const struct command *command, bool is_refused)
{
    const struct naive_result *expected = world->expected;
    naive_apply(&world->naive, command, is_refused, world->expected);
    str_clear(&world->out);
    assert_true(book_apply(world->book, command, &world->out));
    size_t items_length = expected->head.items * sizeof(expected->items[0]);
    if (world->out.length != sizeof(expected->head) + items_length ||
        memcmp(world->out.data, &expected->head, sizeof(expected->head)) != 0 ||
        memcmp(world->out.data + sizeof(expected->head), expected->items, items_length) != 0)
        fail_with(world, command);
    if (book_state_hash(world->book) != naive_state_hash(&world->naive))
        fail_msg("%s: state hashes differ after command %lu", world->stream.profile->name,
                 (unsigned long)command->seq);
    if (world->restored) {
        str_clear(&world->restored_out);
        assert_true(book_apply(world->restored, command, &world->restored_out));
        assert_int_equal(world->restored_out.length, world->out.length);
        assert_memory_equal(world->restored_out.data, world->out.data, world->out.length);
        assert_true(book_state_hash(world->restored) == book_state_hash(world->book));
    }
    view_result(&world->view, command, &expected->head, expected->items);
    for (size_t i = 0; i < world->out.length; i += sizeof(uint64_t)) {
        uint64_t word;
        memcpy(&word, world->out.data + i, sizeof(word));
        world->results_hash = mix(world->results_hash ^ word);
    }
    world->results_hash = mix(world->results_hash ^ book_state_hash(world->book));
}

static void assert_not_crossed(const struct book *book)
{
    struct book_level bid, ask;
    if (book_depth(book, SIDE_BUY, &bid, 1) == 1 && book_depth(book, SIDE_SELL, &ask, 1) == 1)
        assert_true(bid.price < ask.price);
}

static void restore_from_snapshot(struct world *world)
{
    struct snapshot_header header;
    const uint8_t *orders;
    struct err err;
    book_free(world->restored);
    world->restored = book_new(world->stream.profile->book_full_at);
    str_clear(&world->snapshot);
    book_snapshot(world->book, "btcusd", &world->snapshot);
    assert_true(
        snapshot_read(world->snapshot.data, world->snapshot.length, &header, &orders, &err));
    assert_true(book_restore(world->restored, &header, orders, &err));
    assert_true(book_state_hash(world->restored) == book_state_hash(world->book));
}

/* ---- one stream ---- */

static struct world *world_new(const struct stream_profile *profile, uint64_t seed)
{
    struct world *world = calloc(1, sizeof(*world));
    assert_non_null(world);
    world->stream = (struct stream){.profile = profile, .random = seed, .next_id = 1};
    world->stream.book = &world->naive;
    world->book = book_new(profile->book_full_at);
    world->expected = malloc(sizeof(*world->expected));
    world->out = world->restored_out = world->snapshot = STR_INIT(PROTOCOL_BATCH_BYTES_MAX);
    world->results_hash = seed;
    assert_true(world->book && world->expected);
    naive_init(&world->naive, profile->book_full_at);
    view_init(&world->view);
    return world;
}

static void world_free(struct world *world)
{
    book_free(world->book);
    book_free(world->restored);
    str_release(&world->out);
    str_release(&world->restored_out);
    str_release(&world->snapshot);
    free(world->naive.orders);
    free(world->view.orders);
    free(world->expected);
    free(world);
}

static uint64_t run_stream(struct world *world, uint64_t commands)
{
    for (uint64_t i = 0; i < commands; i++) {
        bool is_refused;
        struct command command = stream_next(&world->stream, &is_refused);
        apply_everywhere(world, &command, is_refused);
        assert_not_crossed(world->book);
        if (stream_random(&world->stream) % STATE_EVERY == 0 || i == commands - 1)
            assert_same_orders(world);
        if (stream_random(&world->stream) % SNAPSHOT_EVERY == 0)
            restore_from_snapshot(world);
    }
    return world->results_hash;
}

/* ---- recording ---- */

enum {
    RECORD_COMMANDS = 800,
    RECORD_BATCH_MAX = 40,
    RECORD_RESTART_EVERY = 11,
    RECORD_ROOM_MIN = 1000 /* the room of a book is the worker's own business */
};

static void record(FILE *file, const struct str *document)
{
    uint32_t length = (uint32_t)document->length;
    assert_true(fwrite(&length, sizeof(length), 1, file) == 1);
    assert_true(fwrite(document->data, 1, length, file) == length);
}

/* Batches of random sizes; now and then a new worker starts from a snapshot. */
static void record_batch(struct world *world, FILE *in, FILE *out)
{
    static struct command commands[RECORD_BATCH_MAX];
    size_t count = 1 + stream_random(&world->stream) % RECORD_BATCH_MAX;
    for (size_t i = 0; i < count; i++) {
        bool is_refused;
        commands[i] = stream_next(&world->stream, &is_refused);
        naive_apply(&world->naive, &commands[i], is_refused, world->expected);
    }
    str_clear(&world->snapshot);
    command_batch_write(&world->snapshot, "btcusd", commands, count);
    record(in, &world->snapshot);
    str_clear(&world->out);
    result_batch_begin(&world->out, "btcusd", commands[0].seq);
    assert_true(book_apply_many(world->book, commands, count, &world->out) == count);
    result_batch_end(&world->out, (uint32_t)count, book_state_hash(world->book));
    assert_true(book_state_hash(world->book) == naive_state_hash(&world->naive));
    record(out, &world->out);
    if (stream_random(&world->stream) % RECORD_RESTART_EVERY == 0) {
        str_clear(&world->snapshot);
        book_snapshot(world->book, "btcusd", &world->snapshot);
        record(in, &world->snapshot);
    }
}

static FILE *record_open(size_t number, const char *suffix)
{
    char path[1024];
    snprintf(path, sizeof(path), "%s/stream_%zu.%s", getenv("ORACLE_RECORD"), number, suffix);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    return file;
}

static void record_stream(struct world *world, size_t number)
{
    FILE *in = record_open(number, "in"), *out = record_open(number, "out");
    book_snapshot(world->book, "btcusd", &world->snapshot);
    record(in, &world->snapshot);
    while (world->stream.seq < RECORD_COMMANDS)
        record_batch(world, in, out);
    fclose(in);
    fclose(out);
}

static void book_apply__random_streams__agrees_with_the_naive_book(void **state)
{
    (void)state;
    const char *wanted = getenv("ORACLE_COMMANDS"), *seed_text = getenv("ORACLE_SEED");
    uint64_t commands = COMMANDS_DEFAULT, seed = 1, hash = 0;
    assert_true(!wanted || str_to_u64(wanted, &commands));
    assert_true(!seed_text || str_to_u64(seed_text, &seed));
    for (size_t i = 0; i < ARRAY_LEN(profiles); i++) {
        struct world *world = world_new(&profiles[i], seed * 1000 + i);
        world->stream.never_breaks = getenv("ORACLE_RECORD") != NULL;
        if (getenv("ORACLE_RECORD") && profiles[i].book_full_at < RECORD_ROOM_MIN)
            print_message("%s: not recorded\n", profiles[i].name);
        else if (getenv("ORACLE_RECORD"))
            record_stream(world, i);
        else
            hash = mix(hash ^ run_stream(world, commands / ARRAY_LEN(profiles) / profiles[i].part));
        world_free(world);
    }
    print_message("results of %lu commands, seed %lu: %016lx\n", (unsigned long)commands,
                  (unsigned long)seed, (unsigned long)hash);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(book_apply__random_streams__agrees_with_the_naive_book),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
