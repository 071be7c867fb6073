/* GET /admin/wallets/overview: what the exchange's wallets hold, by currency, chain and kind. The
 * balances are those that the collector last read from the chains (bus/collect_job.h). */
#include <string.h>

#include "accounting/http/wallet_support.h"
#include "base/auto.h"
#include "json/read.h"

enum { KINDS = 5, STALE_US = 5 * 60 * 1000000 };

static const enum wallet_kind kinds[KINDS] = {WALLET_DEPOSIT, WALLET_FEE, WALLET_HOT, WALLET_WARM,
                                              WALLET_COLD};

struct holding {
    struct dec amount[KINDS];
    int64_t seen_at[KINDS]; /* the oldest look; 0: none */
    bool any;
};

static size_t kind_index(int64_t kind)
{
    for (size_t i = 0; i < KINDS; i++)
        if ((int64_t)kinds[i] == kind)
            return i;
    return 0;
}

/* What the row says of the currency; false: it does not serve it, or nobody knows. */
static bool balance_of(const struct wallet_row *row, const char *code, struct dec *ret_amount)
{
    struct err ignored;
    cJSON *root;
    if (!row->balance || !json_read(row->balance, strlen(row->balance), &root, &ignored))
        return false;
    const char *text = json_member_text(root, code);
    bool known = text && dec_parse(text, ret_amount);
    cJSON_Delete(root);
    return known;
}

static bool serves(const struct wallet_row *row, const char *code)
{
    size_t length = strlen(code);
    for (const char *at = row->currencies; at && *at;) {
        size_t word = strcspn(at, ",");
        if (word == length && memcmp(at, code, length) == 0)
            return true;
        at += word + (at[word] == ',');
    }
    return false;
}

/* Of a currency on one chain (key NULL: on all of them). */
static struct holding holding_of(const struct listed *wallets, const char *code, const char *key)
{
    struct holding holding = {.any = false};
    const struct wallet_row *rows = wallets->rows;
    for (size_t i = 0; i < wallets->count; i++) {
        struct dec amount = DEC_ZERO, sum;
        size_t kind = kind_index(rows[i].kind);
        if (!serves(&rows[i], code) || (key && strcmp(rows[i].blockchain_key, key) != 0))
            continue;
        holding.any = true;
        if (!balance_of(&rows[i], code, &amount) || !dec_add(holding.amount[kind], amount, &sum))
            continue;
        holding.amount[kind] = sum;
        if (holding.seen_at[kind] == 0 || rows[i].balance_at < holding.seen_at[kind])
            holding.seen_at[kind] = rows[i].balance_at;
    }
    return holding;
}

static void write_total(struct str *out, const struct holding *holding, struct dec price)
{
    struct dec total = DEC_ZERO, estimated = DEC_ZERO;
    for (size_t i = 0; i < KINDS; i++)
        if (!dec_add(total, holding->amount[i], &total))
            break;
    if (!dec_mul(total, price, DEC_DOWN, &estimated))
        estimated = DEC_ZERO;
    str_add(out, "\"total\":");
    json_write_dec(out, total);
    str_add(out, ",\"estimated_total\":");
    json_write_dec(out, estimated);
}

static void write_balances(struct str *out, const struct holding *holding, int64_t now_us)
{
    char time[CLOCK_ISO_SIZE];
    str_add(out, "\"balances\":[");
    for (size_t i = 0; i < KINDS; i++) {
        str_add_format(out, "%s{\"kind\":\"%s\",\"balance\":", i > 0 ? "," : "",
                       wallet_kind_word(kinds[i]));
        json_write_dec(out, holding->amount[i]);
        if (holding->seen_at[i] != 0 && now_us - holding->seen_at[i] > STALE_US)
            str_add_format(out, ",\"updated_at\":\"%s\"", clock_iso(holding->seen_at[i], time));
        str_add_char(out, '}');
    }
    str_add(out, "],");
}

static void write_chains(struct str *out, const struct catalog *catalog,
                         const struct listed *wallets, const struct currency *currency,
                         int64_t now_us)
{
    const struct network *network = NULL;
    bool first = true;
    str_add(out, ",\"blockchains\":[");
    while ((network = catalog_network_next(catalog, currency->id, network)) != NULL) {
        if (!network->blockchain_key)
            continue;
        struct holding holding = holding_of(wallets, currency->id, network->blockchain_key);
        const struct blockchain *chain = network->blockchain;
        str_add(out, first ? "{\"blockchain_key\":" : ",{\"blockchain_key\":");
        first = false;
        json_write_string(out, network->blockchain_key);
        str_add(out, ",\"blockchain_name\":");
        json_write_string(out, chain ? chain->name : NULL);
        str_add(out, ",\"network\":");
        json_write_string(out, chain ? chain->protocol : NULL);
        str_add_char(out, ',');
        write_balances(out, &holding, now_us);
        write_total(out, &holding, currency->price);
        str_add_char(out, '}');
    }
    str_add_char(out, ']');
}

static void write_currency(struct str *out, const struct catalog *catalog,
                           const struct listed *wallets, const struct currency *currency,
                           size_t ordinal, int64_t now_us)
{
    struct holding all = holding_of(wallets, currency->id, NULL);
    str_add_format(out, "%s{\"id\":%zu,\"name\":", ordinal > 1 ? "," : "", ordinal);
    json_write_string(out, currency->name);
    str_add(out, ",\"code\":");
    json_write_string(out, currency->id);
    str_add_format(out, ",\"precision\":%d", currency->precision);
    write_chains(out, catalog, wallets, currency, now_us);
    for (size_t i = 0; i < KINDS; i++) {
        str_add_format(out, ",\"%s_total_balance\":", wallet_kind_word(kinds[i]));
        json_write_dec(out, all.amount[i]);
    }
    str_add_char(out, ',');
    write_total(out, &all, currency->price);
    str_add_char(out, '}');
}

static void overview(struct http_request *request)
{
    const struct catalog *catalog = request_catalog(request);
    const struct wallet_filter filter = {.status = "active"};
    struct str *out = http_reply_builder(request);
    struct listing listing = {
        .arena = http_arena(request), .where = STR_INIT(LISTING_BYTES_MAX), .uncounted = true};
    struct listed wallets;
    struct err err;
    size_t ordinal = 0;
    struct db *db = request_db(request);
    if (!db)
        return;
    bool ok = wallet_list(db, &filter, &listing, &wallets, &err);
    str_release(&listing.where);
    if (!ok) {
        http_reply_err(request, &err);
        return;
    }
    int64_t now_us = clock_now_us(http_clock(request));
    str_add_char(out, '[');
    for (size_t i = 0; i < catalog->currencies_count; i++)
        if (holding_of(&wallets, catalog->currencies[i].id, NULL).any)
            write_currency(out, catalog, &wallets, &catalog->currencies[i], ++ordinal, now_us);
    str_add_char(out, ']');
    http_reply_built(request, 200);
}

const struct http_route admin_wallet_overview_routes[] = {
    {.method = "GET",
     .path = "/api/v2/admin/wallets/overview",
     .mode = HTTP_WORKER,
     .handler = overview,
     .access = ACCESS_ADMIN,
     .class_name = "admin.wallet",
     .action = "read",
     .subject = "Wallet",
     .tag = "admin",
     .doc = "What the wallets hold, by currency, chain and kind."},
    {.method = NULL}};
