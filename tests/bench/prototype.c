/*
 * bench_prototype PORT SOCKET MEMBERS: the ceiling that end to end is compared with: the same chain without
 * all that makes it an exchange. HTTP, a group commit of orders and funds, one packed message, a
 * matcher in memory, one message of trades, a settling transaction: on the same MariaDB and RabbitMQ.
 *
 * Left out: tokens, validation, insufficient funds, cancels, a journal, numbered and repeatable
 * results, events, fees, seals, candles, recovery. Tables have one or two indexes each, a trade two
 * ledger rows. Every order fills against its neighbour.
 *
 * It answers on the port, and on the Unix socket for an edge. GET /settled answers with the number of orders that are settled. Runs until it is killed.
 */
#include <arpa/inet.h>
#include <assert.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cjson/cJSON.h>
#include <microhttpd.h>

#include "tests/bench/prototype_peers.h"

#define SCHEMA "bench_prototype"
#define QUEUE_ORDERS "bench.prototype.orders"
#define QUEUE_TRADES "bench.prototype.trades"

enum {
    BATCH = 500,
    WAITING_MAX = 4096,
    RESTING = 1 << 16,
    IN_FLIGHT_MAX = 20000,
    BODY_MAX = 600,
    SQL_BYTES = 8 << 20,
    WINDOW = 8,
    LEDGER_ROWS = 2,
    QUANTITY = 5,
    PRICE = 100
};

struct order {
    uint64_t id;
    uint32_t member, quantity, price, is_sell;
};

struct trade {
    uint64_t id, maker_order, taker_order;
    uint32_t maker, taker, price, quantity, maker_sells;
};

struct change {
    uint32_t member, is_quote;
    long balance, locked;
};

struct request {
    struct MHD_Connection *connection;
    bool is_accepted;
    size_t length;
    char body[BODY_MAX];
    struct order order;
};

struct chain {
    uint32_t members;
    pthread_mutex_t lock;
    pthread_cond_t arrived;
    struct request *waiting[WAITING_MAX];
    size_t waiting_count;
    uint64_t order_id;
    atomic_ulong accepted, settled;
};

/* ---- SQL ---- */

struct text {
    char *bytes;
    size_t length;
};

static void __attribute__((format(printf, 2, 3))) add(struct text *text, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int length = vsnprintf(text->bytes + text->length, SQL_BYTES - text->length, format, args);
    va_end(args);
    assert(length >= 0 && text->length + (size_t)length < SQL_BYTES);
    text->length += (size_t)length;
}

static int compare_changes(const void *a, const void *b)
{
    const struct change *left = a, *right = b;
    if (left->is_quote != right->is_quote)
        return left->is_quote < right->is_quote ? -1 : 1;
    return (left->member > right->member) - (left->member < right->member);
}

static void add_accounts(struct text *sql, struct change *changes, size_t count)
{
    size_t sums = 0;
    qsort(changes, count, sizeof(changes[0]), compare_changes);
    for (size_t i = 0; i < count; i++)
        if (sums > 0 && compare_changes(&changes[sums - 1], &changes[i]) == 0) {
            changes[sums - 1].balance += changes[i].balance;
            changes[sums - 1].locked += changes[i].locked;
        } else {
            changes[sums++] = changes[i];
        }
    add(sql, "UPDATE accounts a JOIN (WITH d (m, c, b, l) AS (VALUES ");
    for (size_t i = 0; i < sums; i++)
        add(sql, "%s(%u,'%s',%ld,%ld)", i ? "," : "", changes[i].member,
            changes[i].is_quote ? "usd" : "btc", changes[i].balance, changes[i].locked);
    add(sql, ") SELECT * FROM d) n ON a.currency_id = n.c AND a.member_id = n.m SET a.balance = "
             "a.balance + n.b, a.locked = a.locked + n.l, a.updated_at = NOW();");
}

#define MONEY "DECIMAL(32,16) NOT NULL DEFAULT 0"

static void make_schema(uint32_t members)
{
    static const char tables[] =
        "DROP DATABASE IF EXISTS " SCHEMA ";CREATE DATABASE " SCHEMA " CHARACTER SET ascii;"
        "USE " SCHEMA ";"
        "CREATE TABLE accounts (member_id BIGINT NOT NULL, currency_id VARCHAR(10) NOT NULL, "
        "balance " MONEY ", locked " MONEY
        ", created_at DATETIME NOT NULL DEFAULT NOW(), updated_at "
        "DATETIME NOT NULL DEFAULT NOW(), PRIMARY KEY (currency_id, member_id), KEY (member_id), "
        "CHECK (balance >= 0), CHECK (locked >= 0)) ENGINE=InnoDB;"
        "CREATE TABLE orders (id BIGINT NOT NULL PRIMARY KEY, uuid BINARY(16) NOT NULL DEFAULT '', "
        "bid VARCHAR(10) NOT NULL, ask VARCHAR(10) NOT NULL, market_id VARCHAR(20) NOT NULL, price "
        "DECIMAL(32,16), volume " MONEY ", origin_volume " MONEY ", maker_fee " MONEY
        ", taker_fee " MONEY
        ", state INT NOT NULL, type VARCHAR(8) NOT NULL, member_id BIGINT NOT NULL, ord_type "
        "VARCHAR(30) NOT NULL, locked " MONEY ", origin_locked " MONEY ", funds_received " MONEY
        ", "
        "trades_count INT NOT NULL DEFAULT 0, created_at DATETIME NOT NULL DEFAULT NOW(), "
        "updated_at "
        "DATETIME NOT NULL DEFAULT NOW(), KEY (member_id, market_id, state)) ENGINE=InnoDB;"
        "CREATE TABLE trades (id BIGINT NOT NULL PRIMARY KEY, price " MONEY ", amount " MONEY ", "
        "total " MONEY
        ", maker_order_id BIGINT NOT NULL, taker_order_id BIGINT NOT NULL, market_id "
        "VARCHAR(20) NOT NULL, maker_id BIGINT NOT NULL, taker_id BIGINT NOT NULL, taker_type "
        "VARCHAR(20) NOT NULL, created_at DATETIME(3) NOT NULL DEFAULT NOW(), updated_at "
        "DATETIME(3) "
        "NOT NULL DEFAULT NOW(), KEY (maker_id), KEY (taker_id)) ENGINE=InnoDB;"
        "CREATE TABLE ledger (id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, code INT NOT NULL, "
        "currency_id VARCHAR(10) NOT NULL, member_id BIGINT, reference_type VARCHAR(20), "
        "reference_id BIGINT, debit " MONEY ", credit " MONEY ", created_at DATETIME NOT NULL "
        "DEFAULT NOW(), KEY (member_id, currency_id)) ENGINE=InnoDB;";
    struct proto_db *db = proto_db_open(NULL);
    struct text sql = {malloc(SQL_BYTES), 0};
    assert(sql.bytes != NULL);
    proto_db_run(db, tables, sizeof(tables) - 1);
    for (int i = 0; i < 2; i++)
        add(&sql,
            "INSERT INTO accounts (member_id, currency_id, balance, locked) SELECT seq, '%s', "
            "1000000000, 500000000 FROM seq_1_to_%u;",
            i ? "usd" : "btc", members);
    add(&sql, "COMMIT");
    proto_db_run(db, sql.bytes, sql.length);
    free(sql.bytes);
}

/* ---- HTTP: a request waits in the queue until its transaction is committed ---- */

static bool take_order(struct chain *chain, struct request *request)
{
    request->body[request->length] = '\0';
    cJSON *json = cJSON_Parse(request->body);
    const cJSON *side = cJSON_GetObjectItem(json, "side");
    bool good = cJSON_IsString(side);
    if (good) {
        uint64_t id = ++chain->order_id;
        request->order = (struct order){
            .id = id,
            .member = 1 + (uint32_t)((id * 0x9e3779b97f4a7c15u) >> 33) % chain->members,
            .quantity = QUANTITY,
            .price = PRICE,
            .is_sell = strcmp(side->valuestring, "sell") == 0,
        };
    }
    cJSON_Delete(json);
    return good;
}

static enum MHD_Result reply(struct MHD_Connection *connection, unsigned status, char *text)
{
    struct MHD_Response *response =
        MHD_create_response_from_buffer(strlen(text), text, MHD_RESPMEM_MUST_COPY);
    MHD_add_response_header(response, "Content-Type", "application/json");
    enum MHD_Result queued = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);
    return queued;
}

static enum MHD_Result reply_accepted(const struct request *request)
{
    char text[300];
    snprintf(
        text, sizeof(text),
        "{\"id\":%lu,\"market\":\"btcusd\",\"side\":\"%s\",\"state\":\"wait\",\"price\":\"%u\","
        "\"volume\":\"%u\"}",
        request->order.id, request->order.is_sell ? "sell" : "buy", request->order.price,
        request->order.quantity);
    return reply(request->connection, MHD_HTTP_CREATED, text);
}

static enum MHD_Result wait_for_commit(struct chain *chain, struct request *request)
{
    if (!take_order(chain, request))
        return MHD_NO;
    MHD_suspend_connection(request->connection);
    pthread_mutex_lock(&chain->lock);
    assert(chain->waiting_count < WAITING_MAX);
    chain->waiting[chain->waiting_count++] = request;
    if (chain->waiting_count == 1)
        pthread_cond_signal(&chain->arrived);
    pthread_mutex_unlock(&chain->lock);
    return MHD_YES;
}

static enum MHD_Result on_request(void *user, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *upload,
                                  size_t *upload_size, void **context)
{
    struct chain *chain = user;
    struct request *request = *context;
    (void)version;
    if (!request) {
        *context = request = calloc(1, sizeof(*request));
        assert(request != NULL);
        request->connection = connection;
        return MHD_YES;
    }
    if (*upload_size > 0) {
        size_t room = BODY_MAX - 1 - request->length;
        size_t length = *upload_size < room ? *upload_size : room;
        memcpy(request->body + request->length, upload, length);
        request->length += length;
        *upload_size = 0;
        return MHD_YES;
    }
    if (strcmp(url, "/settled") == 0) {
        char text[32];
        snprintf(text, sizeof(text), "%lu", chain->settled);
        return reply(connection, MHD_HTTP_OK, text);
    }
    if (strcmp(method, "POST") != 0)
        return MHD_NO;
    return request->is_accepted ? reply_accepted(request) : wait_for_commit(chain, request);
}

static void on_completed(void *user, struct MHD_Connection *connection, void **context,
                         enum MHD_RequestTerminationCode code)
{
    (void)user, (void)connection, (void)code;
    free(*context);
    *context = NULL;
}

/* ---- accepting ---- */

static size_t drain(struct chain *chain, struct request **requests)
{
    pthread_mutex_lock(&chain->lock);
    while (chain->waiting_count == 0)
        pthread_cond_wait(&chain->arrived, &chain->lock);
    size_t count = chain->waiting_count < BATCH ? chain->waiting_count : BATCH;
    memcpy(requests, chain->waiting, count * sizeof(requests[0]));
    chain->waiting_count -= count;
    memmove(chain->waiting, chain->waiting + count, chain->waiting_count * sizeof(requests[0]));
    pthread_mutex_unlock(&chain->lock);
    return count;
}

static void commit_orders(struct proto_db *db, struct text *sql, const struct order *orders,
                          size_t count)
{
    struct change changes[BATCH];
    do {
        sql->length = 0;
        add(sql,
            "INSERT INTO orders (id, bid, ask, market_id, price, volume, origin_volume, state, "
            "type, member_id, ord_type, locked, origin_locked) VALUES ");
        for (size_t i = 0; i < count; i++) {
            const struct order *order = &orders[i];
            long amount = order->is_sell ? order->quantity : (long)order->quantity * order->price;
            changes[i] = (struct change){order->member, !order->is_sell, -amount, amount};
            add(sql, "%s(%lu,'usd','btc','btcusd',%u,%u,%u,100,'%s',%u,'limit',%ld,%ld)",
                i ? "," : "", order->id, order->price, order->quantity, order->quantity,
                order->is_sell ? "OrderAsk" : "OrderBid", order->member, amount, amount);
        }
        add(sql, ";");
        add_accounts(sql, changes, count);
        add(sql, "COMMIT");
    } while (!proto_db_run(db, sql->bytes, sql->length));
}

static void *accept_main(void *arg)
{
    struct chain *chain = arg;
    struct proto_db *db = proto_db_open(SCHEMA);
    struct proto_bus *bus = proto_bus_open();
    struct text sql = {malloc(SQL_BYTES), 0};
    struct request *requests[BATCH];
    struct order orders[BATCH];
    assert(sql.bytes != NULL);
    proto_bus_confirm(bus);
    for (;;) {
        size_t count = drain(chain, requests);
        for (size_t i = 0; i < count; i++)
            orders[i] = requests[i]->order;
        commit_orders(db, &sql, orders, count);
        proto_bus_publish(bus, QUEUE_ORDERS, orders, count * sizeof(orders[0]), WINDOW);
        chain->accepted += count;
        for (size_t i = 0; i < count; i++) {
            requests[i]->is_accepted = true;
            MHD_resume_connection(requests[i]->connection);
        }
        while (chain->accepted - chain->settled > IN_FLIGHT_MAX)
            usleep(200);
    }
    return NULL;
}

/* ---- matching: first in, first out, at one price ---- */

struct side {
    struct order orders[RESTING];
    size_t first, end;
};

static size_t match(struct side sides[static 2], struct order order, uint64_t *trade_id,
                    struct trade *trades)
{
    struct side *other = &sides[!order.is_sell], *own = &sides[order.is_sell];
    size_t count = 0;
    while (order.quantity > 0 && other->first != other->end) {
        struct order *maker = &other->orders[other->first % RESTING];
        uint32_t filled = order.quantity < maker->quantity ? order.quantity : maker->quantity;
        trades[count++] = (struct trade){++*trade_id,  maker->id, order.id, maker->member,
                                         order.member, PRICE,     filled,   maker->is_sell};
        order.quantity -= filled;
        maker->quantity -= filled;
        other->first += maker->quantity == 0;
    }
    if (order.quantity > 0)
        own->orders[own->end++ % RESTING] = order;
    assert(own->end - own->first <= RESTING);
    return count;
}

static void *match_main(void *arg)
{
    struct proto_bus *in = proto_bus_open(), *out = proto_bus_open();
    struct side *sides = calloc(2, sizeof(sides[0]));
    struct order orders[BATCH];
    struct trade trades[BATCH];
    uint64_t trade_id = 0, tag;
    size_t length;
    (void)arg;
    assert(sides != NULL);
    proto_bus_consume(in, QUEUE_ORDERS, 64);
    proto_bus_confirm(out);
    for (;;) {
        if (!proto_bus_next(in, 50, orders, sizeof(orders), &length, &tag))
            continue;
        size_t count = 0;
        for (size_t i = 0; i < length / sizeof(orders[0]); i++)
            count += match(sides, orders[i], &trade_id, trades + count);
        if (count > 0)
            proto_bus_publish(out, QUEUE_TRADES, trades, count * sizeof(trades[0]), 1);
        proto_bus_ack(in, tag);
    }
    return NULL;
}

/* ---- settling ---- */

static void add_trades(struct text *sql, const struct trade *trades, size_t count)
{
    add(sql, "INSERT INTO trades (id, price, amount, total, maker_order_id, taker_order_id, "
             "market_id, maker_id, taker_id, taker_type) VALUES ");
    for (size_t i = 0; i < count; i++)
        add(sql, "%s(%lu,%u,%u,%u,%lu,%lu,'btcusd',%u,%u,'buy')", i ? "," : "", trades[i].id,
            trades[i].price, trades[i].quantity, trades[i].quantity * trades[i].price,
            trades[i].maker_order, trades[i].taker_order, trades[i].maker, trades[i].taker);
    add(sql, ";INSERT INTO ledger (code, currency_id, member_id, reference_type, reference_id, "
             "debit, credit) VALUES ");
    for (size_t i = 0; i < count * LEDGER_ROWS; i++) {
        const struct trade *trade = &trades[i / LEDGER_ROWS];
        add(sql, "%s(202,'%s',%u,'Trade',%lu,%u,0)", i ? "," : "", i % 2 ? "usd" : "btc",
            i % 2 ? trade->maker : trade->taker, trade->id, trade->quantity);
    }
    add(sql, ";");
}

/* Every order that trades is updated by an insert that always meets its row. */
static void add_orders(struct text *sql, const struct trade *trades, size_t count)
{
    add(sql,
        "INSERT INTO orders (id, bid, ask, market_id, volume, state, type, member_id, ord_type, "
        "locked, funds_received, trades_count) VALUES ");
    for (size_t i = 0; i < 2 * count; i++) {
        const struct trade *trade = &trades[i / 2];
        long amount = trade->quantity, total = amount * trade->price;
        bool sells = (i % 2 == 0) == (trade->maker_sells != 0);
        add(sql, "%s(%lu,'','','',-%ld,200,'',0,'',-%ld,%ld,1)", i ? "," : "",
            i % 2 ? trade->taker_order : trade->maker_order, amount, sells ? amount : total,
            sells ? total : amount);
    }
    add(sql,
        " ON DUPLICATE KEY UPDATE volume = volume + VALUES(volume), locked = locked + "
        "VALUES(locked), funds_received = funds_received + VALUES(funds_received), trades_count "
        "= trades_count + 1, state = IF(volume <= 0, 200, 100), updated_at = NOW();");
}

static void settle(struct proto_db *db, struct text *sql, const struct trade *trades, size_t count)
{
    struct change changes[4 * 2 * BATCH];
    do {
        sql->length = 0;
        for (size_t i = 0; i < count; i++) {
            const struct trade *trade = &trades[i];
            long amount = trade->quantity, total = amount * trade->price;
            uint32_t seller = trade->maker_sells ? trade->maker : trade->taker;
            uint32_t buyer = trade->maker_sells ? trade->taker : trade->maker;
            changes[4 * i] = (struct change){seller, 0, 0, -amount};
            changes[4 * i + 1] = (struct change){seller, 1, total, 0};
            changes[4 * i + 2] = (struct change){buyer, 1, 0, -total};
            changes[4 * i + 3] = (struct change){buyer, 0, amount, 0};
        }
        add_trades(sql, trades, count);
        add_orders(sql, trades, count);
        add_accounts(sql, changes, 4 * count);
        add(sql, "COMMIT");
    } while (!proto_db_run(db, sql->bytes, sql->length));
}

static void *settle_main(void *arg)
{
    struct chain *chain = arg;
    struct proto_db *db = proto_db_open(SCHEMA);
    struct proto_bus *bus = proto_bus_open();
    struct text sql = {malloc(SQL_BYTES), 0};
    struct trade trades[2 * BATCH];
    assert(sql.bytes != NULL);
    proto_bus_consume(bus, QUEUE_TRADES, 256);
    for (;;) {
        size_t count = 0, length;
        uint64_t tag = 0;
        /* Waits for the first message, then takes what is here. */
        while (count < BATCH && proto_bus_next(bus, count ? 0 : 50, trades + count,
                                               BATCH * sizeof(trades[0]), &length, &tag))
            count += length / sizeof(trades[0]);
        if (count == 0)
            continue;
        settle(db, &sql, trades, count);
        chain->settled += 2 * count;
        proto_bus_ack(bus, tag);
    }
    return NULL;
}

static bool serve(struct chain *chain, const struct sockaddr *address, socklen_t length)
{
    int fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0), yes = 1;
    return fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) == 0 &&
           bind(fd, address, length) == 0 && listen(fd, 1024) == 0 &&
           MHD_start_daemon(MHD_USE_POLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL,
                            on_request, chain, MHD_OPTION_LISTEN_SOCKET, fd,
                            MHD_OPTION_NOTIFY_COMPLETED, on_completed, NULL,
                            MHD_OPTION_CONNECTION_LIMIT, 2048u, MHD_OPTION_END) != NULL;
}

static bool serve_port(struct chain *chain, uint16_t port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return serve(chain, (struct sockaddr *)&address, sizeof(address));
}

static bool serve_socket(struct chain *chain, const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (snprintf(address.sun_path, sizeof(address.sun_path), "%s", path) >=
        (int)sizeof(address.sun_path))
        return false;
    unlink(path);
    return serve(chain, (struct sockaddr *)&address, sizeof(address)) && chmod(path, 0666) == 0;
}

int main(int argc, char **argv)
{
    static struct chain chain = {.lock = PTHREAD_MUTEX_INITIALIZER,
                                 .arrived = PTHREAD_COND_INITIALIZER};
    static void *(*const stages[])(void *) = {settle_main, match_main, accept_main};
    long port = argc == 4 ? strtol(argv[1], NULL, 10) : 0;
    long members = argc == 4 ? strtol(argv[3], NULL, 10) : 0;
    pthread_t thread;
    if (port < 1 || port > 65535 || members < 2) {
        fprintf(stderr, "usage: bench_prototype PORT SOCKET MEMBERS\n");
        return 2;
    }
    chain.members = (uint32_t)members;
    make_schema(chain.members);
    struct proto_bus *bus = proto_bus_open();
    proto_bus_make_queue(bus, QUEUE_ORDERS);
    proto_bus_make_queue(bus, QUEUE_TRADES);
    for (size_t i = 0; i < sizeof(stages) / sizeof(stages[0]); i++)
        if (pthread_create(&thread, NULL, stages[i], &chain) != 0)
            return 1;
    if (!serve_port(&chain, (uint16_t)port) || !serve_socket(&chain, argv[2])) {
        fprintf(stderr, "bench_prototype: can't listen on %ld and %s\n", port, argv[2]);
        return 1;
    }
    pause();
    return 0;
}
