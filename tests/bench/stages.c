/*
 * bench_stages SEED_FOLDER [SECONDS [ORDERS]]: what one order costs in each stage of the pipeline, without
 * HTTP and without the broker: group commit, matching, settling, in turns on one thread, in
 * transactions of 1, 16, 64, 256 and 512 orders, or of ORDERS. Every second order trades with the one before it.
 *
 * Works in the schema DB_NAME, which it makes and drops (DB_SOCKET, DB_USER: somebody who may).
 */
#include <stdlib.h>
#include <string.h>

#include "accounting/actions/accept_batch.h"
#include "accounting/actions/accounting.h"
#include "accounting/actions/limits.h"
#include "accounting/actions/parcel.h"
#include "accounting/actions/results_settle.h"
#include "accounting/actions/seed.h"
#include "accounting/marketdata/market_data.h"
#include "accounting/state/metrics.h"
#include "base/queue.h"
#include "db/db.h"
#include "matching/engine/book.h"

#define MARKET "btcusd"

enum { MEMBERS_MAX = 4096, SECONDS_DEFAULT = 2, BOOK_ORDERS = 1 << 16 };

struct world {
    struct accounting app;
    struct db *db;
    struct accept_batch *batch;
    struct settlement *settlement;
    struct book *book;
    struct str results;
    uint64_t members[MEMBERS_MAX];
    size_t members_count, turn;
    struct intake intakes[ACCEPT_BATCH_MAX];
    struct intake *pointers[ACCEPT_BATCH_MAX];
    int64_t accept_us, match_us, settle_us;
    uint64_t orders;
};

static void must(bool ok, const struct err *err)
{
    if (ok)
        return;
    fprintf(stderr, "bench_stages: %s: %s\n", err_name(err->code), err->what);
    exit(1);
}

/* ---- the schema ---- */

static struct db *open_schema(const char *name)
{
    const struct db_config config = {
        .socket = getenv("DB_SOCKET"), .user = getenv("DB_USER"), .password = "", .name = name};
    struct db *db = NULL;
    struct err err;
    must(db_open(&config, &db, &err), &err);
    return db;
}

static void make_schema(const char *name)
{
    struct db *db = open_schema("mysql");
    struct str sql = STR_INIT(1024);
    struct err err;
    str_add_format(&sql, "DROP DATABASE IF EXISTS `%s`; CREATE DATABASE `%s` CHARACTER SET utf8mb4",
                   name, name);
    must(db_exec_str(db, &sql, NULL, &err), &err);
    str_release(&sql);
    db_close(db);
}

static void drop_schema(struct world *world, const char *name)
{
    struct str sql = STR_INIT(1024);
    struct err err;
    str_add_format(&sql, "DROP DATABASE `%s`", name);
    must(db_exec_str(world->db, &sql, NULL, &err), &err);
    str_release(&sql);
}

static void read_members(struct world *world)
{
    struct db_result *rows = NULL;
    struct err err;
    must(db_query(world->db, "SELECT id FROM members WHERE role = 'member' ORDER BY id LIMIT ?",
                  DB_ARGS(DB_U64(MEMBERS_MAX)), &rows, &err),
         &err);
    while (db_row_next(rows))
        world->members[world->members_count++] = db_get_u64(rows, 0);
    db_result_free(rows);
}

static struct world *world_new(const char *schema, const char *seeds)
{
    struct world *world = calloc(1, sizeof(*world));
    struct err err;
    assert(world != NULL);
    struct accounting *app = &world->app;
    make_schema(schema);
    world->db = open_schema(schema);
    must(db_migrate(world->db, "services/accounting/migrations", NULL, &err), &err);
    must(seed_run(world->db, seeds, &clock_real, NULL, &err), &err);
    app->clock = &clock_real;
    app->metrics = metrics_new("bench", accounting_metrics, METRIC_MAX);
    app->catalogs = catalogs_new();
    app->market_data = market_data_new();
    app->parcels = queue_new(PARCELS_MAX);
    app->outbox_signal = queue_new(1);
    must(catalog_reload(app->catalogs, world->db, &err), &err);
    world->batch = accept_batch_new(app);
    world->settlement = settlement_new(app);
    world->book = book_new(BOOK_ORDERS);
    world->results = STR_INIT(PROTOCOL_BATCH_BYTES_MAX);
    assert(world->batch && world->settlement && world->book);
    read_members(world);
    assert(world->members_count >= 2);
    return world;
}

static void world_free(struct world *world)
{
    str_release(&world->results);
    book_free(world->book);
    settlement_free(world->settlement);
    accept_batch_free(world->batch);
    queue_free(world->app.outbox_signal);
    queue_free(world->app.parcels);
    market_data_free(world->app.market_data);
    catalogs_free(world->app.catalogs);
    metrics_free(world->app.metrics);
    db_close(world->db);
    free(world);
}

/* ---- one transaction of each stage ---- */

static struct dec number(uint64_t units, unsigned scale)
{
    struct dec value = DEC_ZERO;
    bool fits = dec_from_scaled(units, scale, &value);
    assert(fits);
    return value;
}

static void make_submit(struct world *world, const struct market *market, struct intake *intake)
{
    size_t turn = world->turn++;
    memset(intake, 0, sizeof(*intake));
    intake->kind = INTAKE_SUBMIT;
    intake->market = *market;
    intake->base_is_coin = true;
    struct order *order = &intake->order;
    memcpy(order->market_id, market->id, sizeof(order->market_id));
    order->member_id = world->members[turn % world->members_count];
    order->side = turn % 2 ? SIDE_BUY : SIDE_SELL;
    order->price = number(5000000, 2);
    order->volume = order->origin_volume = number(1 + turn / 2 % 500, 4);
    order->maker_fee = number(1, 3);
    order->taker_fee = number(2, 3);
}

static void accept_orders(struct world *world, size_t count)
{
    const struct catalog *catalog = catalog_take(world->app.catalogs);
    struct err err;
    for (size_t i = 0; i < count; i++) {
        make_submit(world, catalog_market(catalog, MARKET), &world->intakes[i]);
        world->pointers[i] = &world->intakes[i];
    }
    catalog_give_back(catalog);
    int64_t began_us = clock_monotonic_us(&clock_real);
    must(accept_batch_commit(world->batch, world->db, world->pointers, count, &err), &err);
    world->accept_us += clock_monotonic_us(&clock_real) - began_us;
    for (size_t i = 0; i < count; i++)
        must(world->intakes[i].ok, &world->intakes[i].err);
    world->orders += count;
}

static void match_commands(struct world *world, struct batch *ret_results)
{
    void *parcels[2];
    struct batch commands;
    struct err err;
    size_t count = queue_drain(world->app.parcels, parcels, ARRAY_LEN(parcels), 0);
    assert(count == 1);
    struct parcel *parcel = parcels[0];
    int64_t began_us = clock_monotonic_us(&clock_real);
    must(command_batch_read(parcel->bytes, parcel->length, &commands, &err), &err);
    str_clear(&world->results);
    result_batch_begin(&world->results, MARKET, commands.header->first_seq);
    for (uint32_t i = 0; i < commands.header->count; i++) {
        struct command command;
        command_get(&commands, i, &command);
        bool applied = book_apply(world->book, &command, &world->results);
        assert(applied);
    }
    result_batch_end(&world->results, commands.header->count, book_state_hash(world->book));
    must(result_batch_read(world->results.data, world->results.length, ret_results, &err), &err);
    world->match_us += clock_monotonic_us(&clock_real) - began_us;
    free(parcel);
}

static void settle_results(struct world *world, const struct batch *results)
{
    struct err err;
    const char *market;
    const struct err *reason;
    int64_t began_us = clock_monotonic_us(&clock_real);
    bool added = settlement_add(world->settlement, results);
    assert(added);
    must(settlement_commit(world->settlement, world->db, &err), &err);
    world->settle_us += clock_monotonic_us(&clock_real) - began_us;
    if (settlement_stuck(world->settlement, &market, &reason, 1) > 0)
        must(false, reason);
    settlement_clear(world->settlement);
}

static void clear_outbox(struct world *world)
{
    struct err err;
    must(db_exec(world->db, "DELETE FROM outbox", DB_NONE, NULL, &err), &err);
}

static void run(struct world *world, size_t count, int seconds)
{
    int64_t end_us = clock_monotonic_us(&clock_real) + (int64_t)seconds * 1000000;
    world->accept_us = world->match_us = world->settle_us = 0;
    world->orders = 0;
    while (clock_monotonic_us(&clock_real) < end_us) {
        struct batch results;
        accept_orders(world, count);
        match_commands(world, &results);
        settle_results(world, &results);
        if (world->turn % 4096 < count)
            clear_outbox(world);
    }
    int64_t orders = (int64_t)world->orders;
    printf("stages batch=%zu accept_ns=%lld match_ns=%lld settle_ns=%lld\n", count,
           (long long)(world->accept_us * 1000 / orders),
           (long long)(world->match_us * 1000 / orders),
           (long long)(world->settle_us * 1000 / orders));
    fflush(stdout);
}

int main(int argc, char **argv)
{
    static const size_t sizes[] = {1, 16, 64, 256, 512};
    const char *schema = getenv("DB_NAME");
    if (argc < 2 || !getenv("DB_SOCKET") || !getenv("DB_USER") || !schema) {
        fprintf(stderr, "usage: DB_SOCKET= DB_USER= DB_NAME= bench_stages SEED_FOLDER [SECONDS "
                        "[ORDERS]]\n");
        return 2;
    }
    int seconds = argc > 2 ? (int)strtol(argv[2], NULL, 10) : SECONDS_DEFAULT;
    struct world *world = world_new(schema, argv[1]);
    size_t only = argc > 3 ? strtoul(argv[3], NULL, 10) : 0;
    assert(only <= ACCEPT_BATCH_MAX);
    if (only > 0)
        run(world, only, seconds);
    for (size_t i = 0; only == 0 && i < ARRAY_LEN(sizes); i++)
        run(world, sizes[i], seconds);
    drop_schema(world, schema);
    world_free(world);
    return 0;
}
