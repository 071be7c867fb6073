#include "accounting/http/public_support.h"

#include <string.h>
#include <strings.h>

#include "accounting/http/context.h"
#include "json/field.h"

bool market_is_listed(const struct market *market)
{
    return market_is_active(market) && strcmp(market->type, "spot") == 0;
}

bool public_market_is_listed(struct http_request *request, const char *market_id)
{
    const struct market *market = catalog_market(request_catalog(request), market_id);
    return market && market_is_listed(market);
}

bool market_is_enabled(const struct market *market)
{
    return market->state == MARKET_ENABLED && strcmp(market->type, "spot") == 0;
}

const struct market *market_of_pair_or_reply(struct http_request *request, const char *pair)
{
    char id[MARKET_ID_SIZE];
    size_t length = 0;
    for (const char *c = pair; *c && length < sizeof(id) - 1; c++)
        if (*c != '_')
            id[length++] = *c >= 'A' && *c <= 'Z' ? (char)(*c - 'A' + 'a') : *c;
    id[length] = '\0';
    const struct market *market = catalog_market(request_catalog(request), id);
    if (market && market_is_enabled(market))
        return market;
    struct err err;
    err_set(&err, ERR_NOT_FOUND, "no enabled market %s", id);
    http_reply_err(request, &err);
    return NULL;
}

void *public_alloc_or_reply(struct http_request *request, size_t count, size_t size)
{
    struct err err;
    void *room = arena_alloc(http_arena(request), (count ? count : 1) * size);
    if (!room && !err_set(&err, ERR_BUSY, "no memory for %zu rows", count))
        http_reply_err(request, &err);
    return room;
}

bool text_contains(const char *text, const char *part)
{
    return !part || (text && strcasestr(text, part));
}

const char *currency_code(const char *id, char buffer[static CURRENCY_ID_SIZE])
{
    size_t i = 0;
    for (; id[i] && i < CURRENCY_ID_SIZE - 1; i++)
        buffer[i] = id[i] >= 'a' && id[i] <= 'z' ? (char)(id[i] - 'a' + 'A') : id[i];
    buffer[i] = '\0';
    return buffer;
}

const char *market_pair(const struct market *market, char buffer[static PAIR_SIZE])
{
    snprintf(buffer, PAIR_SIZE, "%s", market->name);
    char *slash = strchr(buffer, '/');
    assert(slash != NULL);
    *slash = '_';
    return buffer;
}

void market_ticker_now(struct http_request *request, const struct market *market,
                       struct ticker *ret_ticker)
{
    market_ticker(request_app(request)->market_data, market->id, clock_now_us(http_clock(request)),
                  ret_ticker);
}

struct dec market_best_price(struct http_request *request, const struct market *market,
                             enum side side)
{
    struct depth_level level;
    struct market_data *data = request_app(request)->market_data;
    return market_depth(data, market->id, side, 1, &level) ? level.price : DEC_ZERO;
}

size_t depth_per_side(const struct param_i64 *depth)
{
    if (!depth->given || depth->value == 0)
        return 0;
    return depth->value == 1 ? 1 : (size_t)depth->value / 2;
}

static void write_levels(struct str *out, const struct depth_level *levels, size_t count)
{
    str_add_char(out, '[');
    for (size_t i = 0; i < count; i++) {
        str_add_bytes(out, i > 0 ? ",[" : "[", i > 0 ? 2 : 1);
        json_write_dec(out, levels[i].price);
        str_add_char(out, ',');
        json_write_dec(out, levels[i].volume);
        str_add_char(out, ']');
    }
    str_add_char(out, ']');
}

enum { READ_TRIES_MAX = 3 };

static const struct {
    enum side side;
    const char *key;
} depth_sides[] = {{SIDE_SELL, "\"asks\":"}, {SIDE_BUY, ",\"bids\":"}};

struct depth {
    struct depth_level *levels[ARRAY_LEN(depth_sides)];
    size_t counts[ARRAY_LEN(depth_sides)];
    uint64_t version;
};

/* Both sides of the same book, if it stands still for a moment. False: the reply is made. */
static bool read_depth(struct http_request *request, const char *market_id, size_t limit,
                       struct depth *ret_depth)
{
    struct market_data *data = request_app(request)->market_data;
    for (unsigned try = 0; try < READ_TRIES_MAX; try++) {
        ret_depth->version = market_book_version(data, market_id);
        for (size_t i = 0; i < ARRAY_LEN(depth_sides); i++) {
            size_t room = market_depth_count(data, market_id, depth_sides[i].side);
            if (limit > 0 && room > limit)
                room = limit;
            ret_depth->levels[i] = public_alloc_or_reply(request, room, sizeof(struct depth_level));
            if (!ret_depth->levels[i])
                return false;
            ret_depth->counts[i] =
                market_depth(data, market_id, depth_sides[i].side, room, ret_depth->levels[i]);
        }
        if (market_book_version(data, market_id) == ret_depth->version)
            break;
    }
    return true;
}

bool depth_write_or_reply(struct http_request *request, struct str *out, const char *market_id,
                          size_t limit)
{
    struct market_data *data = request_app(request)->market_data;
    struct depth depth;
    if (market_depth_text(data, market_id, limit, out))
        return true;
    if (!read_depth(request, market_id, limit, &depth))
        return false;
    size_t begin = out->length;
    for (size_t i = 0; i < ARRAY_LEN(depth_sides); i++) {
        str_add(out, depth_sides[i].key);
        write_levels(out, depth.levels[i], depth.counts[i]);
    }
    if (str_ok(out))
        market_depth_keep(data, market_id, limit, depth.version, out->data + begin,
                          out->length - begin);
    return true;
}
