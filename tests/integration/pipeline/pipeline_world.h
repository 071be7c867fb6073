/*
 * pipeline_world.h: the trading pipeline in one process on a real MariaDB, for the programs beside it:
 * accept_round(), match_round(), settle(); run_stream() is many of them. Each program begins with an
 * empty schema of its own making.
 *
 * Needs the environment of bourse-accounting (DB_*): tests/run, part pipeline.
 */
#ifndef TESTS_INTEGRATION_PIPELINE_WORLD_H
#define TESTS_INTEGRATION_PIPELINE_WORLD_H

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

enum { MEMBERS = 4, ROUNDS = 150, OPEN_MAX = 4096 };
#define MARKET "btcusd"

struct world {
    struct accounting app;
    struct db *db, *root;
    struct accept_batch *batch;
    struct settlement *settlement;
    struct book *book;
    struct str results[ROUNDS * 2];
    size_t results_count;
    uint64_t members[MEMBERS];
    uint64_t open[OPEN_MAX];
    size_t open_count;
    uint64_t random;
};

static inline uint64_t draw(struct world *world, uint64_t below)
{
    world->random = world->random * 6364136223846793005ull + 1442695040888963407ull;
    return (world->random >> 33) % below;
}

static inline void must(bool ok, const struct err *err)
{
    if (!ok)
        fail_msg("%s: %s", err_name(err->code), err->what);
}

static inline uint64_t query_u64(struct world *world, const char *sql)
{
    struct db_result *rows = NULL;
    struct err err;
    must(db_query(world->root, sql, DB_NONE, &rows, &err), &err);
    assert_true(db_row_next(rows));
    uint64_t value = db_get_u64(rows, 0);
    db_result_free(rows);
    return value;
}

static inline void run_sql(struct world *world, const char *sql)
{
    struct err err;
    must(db_exec(world->root, sql, DB_NONE, NULL, &err), &err);
}

static inline struct db *open_as(const char *user, const char *password)
{
    const struct db_config config = {.socket = getenv("DB_SOCKET"),
                                     .user = user,
                                     .password = password,
                                     .name = getenv("DB_NAME")};
    struct db *db = NULL;
    struct err err;
    must(db_open(&config, &db, &err), &err);
    return db;
}

static inline int world_new(void **state)
{
    struct world *world = calloc(1, sizeof(*world));
    struct accounting *app = &world->app;
    struct err err;
    *state = world;
    world->random = 42;
    world->root = open_as(getenv("DB_MIGRATE_USER"), getenv("DB_MIGRATE_PASSWORD"));
    run_sql(world, "DROP DATABASE IF EXISTS bourse_accounting; CREATE DATABASE bourse_accounting;"
                   "USE bourse_accounting");
    must(db_migrate(world->root, "services/accounting/migrations", NULL, &err), &err);
    must(seed_run(world->root, "deploy/seed", &clock_real, NULL, &err), &err);
    world->db = open_as(getenv("DB_USER"), getenv("DB_PASSWORD"));
    app->clock = &clock_real;
    app->metrics = metrics_new("test", accounting_metrics, METRIC_MAX);
    app->catalogs = catalogs_new();
    app->market_data = market_data_new();
    app->parcels = queue_new(PARCELS_MAX);
    app->outbox_signal = queue_new(1);
    must(catalog_reload(app->catalogs, world->db, &err), &err);
    world->batch = accept_batch_new(app);
    world->settlement = settlement_new(app);
    world->book = book_new(1 << 16);
    struct db_result *rows = NULL;
    must(db_query(world->db, "SELECT id FROM members ORDER BY id", DB_NONE, &rows, &err), &err);
    for (size_t i = 0; i < MEMBERS; i++) {
        assert_true(db_row_next(rows));
        world->members[i] = db_get_u64(rows, 0);
    }
    db_result_free(rows);
    return 0;
}

static inline int world_free(void **state)
{
    struct world *world = *state;
    for (size_t i = 0; i < world->results_count; i++)
        str_release(&world->results[i]);
    book_free(world->book);
    settlement_free(world->settlement);
    accept_batch_free(world->batch);
    queue_free(world->app.outbox_signal);
    queue_free(world->app.parcels);
    market_data_free(world->app.market_data);
    catalogs_free(world->app.catalogs);
    metrics_free(world->app.metrics);
    db_close(world->db);
    db_close(world->root);
    free(world);
    return 0;
}

/* ---- making intakes ---- */

static inline struct dec number(uint64_t units, unsigned scale)
{
    struct dec value = DEC_ZERO;
    assert_true(dec_from_scaled(units, scale, &value));
    return value;
}

static inline void make_submit(struct world *world, struct intake *intake)
{
    const struct catalog *catalog = catalog_take(world->app.catalogs);
    const struct market *market = catalog_market(catalog, MARKET);
    assert_non_null(market);
    memset(intake, 0, sizeof(*intake));
    intake->kind = INTAKE_SUBMIT;
    intake->market = *market;
    intake->base_is_coin = true;
    struct order *order = &intake->order;
    memcpy(order->market_id, market->id, sizeof(order->market_id));
    order->member_id = world->members[draw(world, MEMBERS)];
    order->side = draw(world, 2) ? SIDE_SELL : SIDE_BUY;
    order->price = number(5000000 + draw(world, 40) * 100, 2);
    order->volume = order->origin_volume = number(1 + draw(world, 500), 4);
    order->maker_fee = number(1, 3);
    order->taker_fee = number(2, 3);
    order->stp = (enum stp_mode)(draw(world, 10) < 3 ? draw(world, 4) : 0);
    uint64_t kind = draw(world, 20);
    if (kind < 3) {
        order->time_in_force = (enum time_in_force)(1 + draw(world, 3));
    } else if (kind < 5) {
        order->type = TYPE_MARKET;
        order->price = DEC_ZERO;
        intake->estimate = number(50000 + draw(world, 5000), 0);
    } else if (kind < 7) {
        order->type = draw(world, 2) ? TYPE_STOP_LIMIT : TYPE_STOP_MARKET;
        order->stop_price = number(5000000 + draw(world, 40) * 100, 2);
        if (order->type == TYPE_STOP_MARKET)
            order->price = DEC_ZERO;
    }
    catalog_give_back(catalog);
}

static inline void make_other(struct world *world, struct intake *intake)
{
    uint64_t id = world->open[draw(world, world->open_count)];
    bool amend = draw(world, 3) == 0;
    make_submit(world, intake);
    struct dec price = intake->order.price, volume = intake->order.volume;
    struct db_result *rows = NULL;
    struct err err;
    must(db_query(world->db, "SELECT member_id, side FROM orders WHERE id = ?", DB_ARGS(DB_U64(id)),
                  &rows, &err),
         &err);
    assert_true(db_row_next(rows));
    memset(&intake->order, 0, sizeof(intake->order));
    intake->order.id = id;
    intake->order.member_id = db_get_u64(rows, 0);
    intake->order.side = (enum side)db_get_u64(rows, 1);
    db_result_free(rows);
    intake->kind = amend ? INTAKE_AMEND : INTAKE_CANCEL;
    intake->new_price = draw(world, 2) ? price : DEC_ZERO;
    intake->new_volume = volume;
}

/* ---- one round: accept, match, settle ---- */

static inline void accept_round(struct world *world, size_t count)
{
    struct intake *intakes = calloc(count, sizeof(*intakes));
    struct intake *pointers[64];
    struct err err;
    assert_true(count <= ARRAY_LEN(pointers));
    for (size_t i = 0; i < count; i++) {
        pointers[i] = &intakes[i];
        if (world->open_count > 8 && draw(world, 4) == 0)
            make_other(world, &intakes[i]);
        else
            make_submit(world, &intakes[i]);
    }
    must(accept_batch_commit(world->batch, world->db, pointers, count, &err), &err);
    for (size_t i = 0; i < count; i++) {
        if (!intakes[i].ok)
            assert_int_not_equal(intakes[i].err.code, ERR_INTERNAL);
        if (intakes[i].ok && intakes[i].kind == INTAKE_SUBMIT && world->open_count < OPEN_MAX)
            world->open[world->open_count++] = intakes[i].order.id;
    }
    free(intakes);
}

/* The commands that wait become one result batch. */
static inline void match_round(struct world *world)
{
    void *parcels[PARCELS_MAX];
    size_t count = queue_drain(world->app.parcels, parcels, PARCELS_MAX, 0);
    for (size_t p = 0; p < count; p++) {
        struct parcel *parcel = parcels[p];
        struct batch batch;
        struct err err;
        must(command_batch_read(parcel->bytes, parcel->length, &batch, &err), &err);
        struct str *out = &world->results[world->results_count++];
        *out = STR_INIT(PROTOCOL_BATCH_BYTES_MAX);
        result_batch_begin(out, MARKET, batch.header->first_seq);
        for (uint32_t i = 0; i < batch.header->count; i++) {
            struct command command;
            command_get(&batch, i, &command);
            assert_true(book_apply(world->book, &command, out));
        }
        result_batch_end(out, batch.header->count, book_state_hash(world->book));
        free(parcel);
    }
}

static inline void settle(struct world *world, size_t first, size_t last)
{
    struct err err;
    for (size_t i = first; i < last; i++) {
        struct batch batch;
        must(result_batch_read(world->results[i].data, world->results[i].length, &batch, &err),
             &err);
        assert_true(settlement_add(world->settlement, &batch));
    }
    must(settlement_commit(world->settlement, world->db, &err), &err);
    const char *markets[4];
    const struct err *reasons[4];
    if (settlement_stuck(world->settlement, markets, reasons, 4) > 0)
        fail_msg("stuck: %s", reasons[0]->what);
    settlement_clear(world->settlement);
}

/* Random rounds: results that pile up, come twice, in parts, and with gaps. */
static inline void run_stream(struct world *world)
{
    size_t settled = 0;
    for (size_t round = 0; round < ROUNDS; round++) {
        accept_round(world, 1 + draw(world, 60));
        match_round(world);
        if (draw(world, 4) == 0)
            continue; /* let results pile up: a larger transaction */
        if (world->results_count - settled > 1 && draw(world, 3) == 0)
            settle(world, settled + 1, world->results_count); /* a gap: nothing may happen */
        settle(world, settled, world->results_count);
        settled = world->results_count;
        if (settled > 2 && draw(world, 3) == 0)
            settle(world, settled - 2, settled); /* again: nothing may happen */
    }
    settle(world, settled, world->results_count);
}

#endif
