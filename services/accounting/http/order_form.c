#include "accounting/http/order_form.h"

#include "accounting/http/context.h"

#include <ctype.h>
#include <string.h>

enum { SECOND_US = 1000000 };
#define YEAR_9999_S 253402300799

/* ---- the table ---- */

static bool is_one_of(const char *ord_type, const char *a, const char *b, const char *c)
{
    return ord_type && (strcmp(ord_type, a) == 0 || strcmp(ord_type, b) == 0 ||
                        (c && strcmp(ord_type, c) == 0));
}

static bool needs_price(const void *params)
{
    const struct order_form *form = params;
    return is_one_of(form->ord_type, "limit", "post_only", "stop_limit");
}

static bool needs_stop_price(const void *params)
{
    const struct order_form *form = params;
    return is_one_of(form->ord_type, "stop_limit", "stop_market", NULL);
}

static bool check_client_order_id(struct http_request *request, const char *text)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._:-";
    (void)request;
    size_t length = strlen(text);
    return length > 0 && length < CLIENT_ORDER_ID_SIZE && strspn(text, allowed) == length;
}

#define AT(member) offsetof(struct order_form, member)
const struct param order_form_params[] = {
    {.name = "market",
     .kind = PARAM_TEXT,
     .offset = AT(market),
     .flags = PARAM_REQUIRED,
     .check = check_market_active,
     .value_code = "market.spot_market.doesnt_exist_or_not_enabled",
     .doc = "Market id."},
    {.name = "side",
     .kind = PARAM_TEXT,
     .offset = AT(side),
     .flags = PARAM_REQUIRED,
     .values = "sell buy",
     .value_code = "market.order.invalid_side",
     .doc = "sell or buy."},
    {.name = "volume",
     .kind = PARAM_DEC,
     .offset = AT(volume),
     .flags = PARAM_REQUIRED | PARAM_POSITIVE,
     .type_code = "market.order.non_decimal_volume",
     .value_code = "market.order.non_positive_volume",
     .doc = "Amount of the base currency."},
    {.name = "ord_type",
     .kind = PARAM_TEXT,
     .offset = AT(ord_type),
     .fallback = "limit",
     .values = "limit market post_only stop_limit stop_market",
     .value_code = "market.order.invalid_type",
     .doc = "Type. post_only, stop_limit and stop_market are extensions."},
    {.name = "price",
     .kind = PARAM_DEC,
     .offset = AT(price),
     .flags = PARAM_POSITIVE,
     .required_if = needs_price,
     .type_code = "market.order.non_decimal_price",
     .value_code = "market.order.non_positive_price",
     .doc =
         "Limit price; required for limit, post_only and stop_limit, refused for market orders."},
    {.name = "stop_price",
     .kind = PARAM_DEC,
     .offset = AT(stop_price),
     .flags = PARAM_POSITIVE,
     .required_if = needs_stop_price,
     .type_code = "market.order.non_decimal_stop_price",
     .value_code = "market.order.non_positive_stop_price",
     .doc = "Price of the last trade that sets a stop order off. Extension."},
    {.name = "time_in_force",
     .kind = PARAM_TEXT,
     .offset = AT(time_in_force),
     .fallback = "gtc",
     .values = "gtc ioc fok",
     .value_code = "market.order.invalid_time_in_force",
     .doc = "Good till cancelled, immediate or cancel, fill or kill. Extension."},
    {.name = "client_order_id",
     .kind = PARAM_TEXT,
     .offset = AT(client_order_id),
     .check = check_client_order_id,
     .value_code = "market.order.invalid_client_order_id",
     .doc = "The client's own id, 1 to 64 of [A-Za-z0-9._:-]. The same id and order again give the"
            " first order, with the header Idempotent-Replayed. Extension."},
    {.name = "self_trade_prevention",
     .kind = PARAM_TEXT,
     .offset = AT(self_trade_prevention),
     .fallback = "none",
     .values = "none cancel_newest cancel_oldest decrement",
     .value_code = "market.order.invalid_self_trade_prevention",
     .doc = "What happens when the order meets one of the same member. Extension."},
    PARAM_END};
#undef AT

/* ---- the rules between parameters ---- */

static bool refuse(struct err *err, const char *key, const char *what)
{
    return err_set_key(err, ERR_INVALID, key, "%s", what);
}

static bool is_coin(const struct catalog *catalog, const char *currency_id)
{
    const struct currency *currency = catalog_currency(catalog, currency_id);
    assert(currency != NULL); /* a foreign key of markets */
    return currency->is_coin;
}

bool order_form_read(struct http_request *request, struct order_request *ret_order_request,
                     struct err *err)
{
    static const struct {
        const char *name;
        enum order_type type;
    } types[] = {{"limit", TYPE_LIMIT},
                 {"market", TYPE_MARKET},
                 {"post_only", TYPE_LIMIT},
                 {"stop_limit", TYPE_STOP_LIMIT},
                 {"stop_market", TYPE_STOP_MARKET}};
    const struct order_form *form = http_params(request);
    const struct catalog *catalog = request_catalog(request);
    const struct market *market = catalog_market(catalog, form->market);
    assert(market != NULL); /* the table let it through */
    struct order_request asked = {.market = market,
                                  .base_is_coin = is_coin(catalog, market->base),
                                  .quote_is_coin = is_coin(catalog, market->quote),
                                  .volume = form->volume.value,
                                  .price = form->price.value,
                                  .stop_price = form->stop_price.value,
                                  .client_order_id = form->client_order_id};
    size_t row = 0;
    while (strcmp(types[row].name, form->ord_type) != 0)
        row++;
    asked.type = types[row].type;
    bool known = side_parse(form->side, &asked.side) &&
                 time_in_force_parse(form->time_in_force, &asked.time_in_force) &&
                 stp_mode_parse(form->self_trade_prevention, &asked.stp);
    assert(known);
    if (order_type_is_market(asked.type) && http_param_given(request, "price"))
        return refuse(err, "market.order.market_order_price", "a market order has no price");
    if (!order_type_is_stop(asked.type) && form->stop_price.given)
        return refuse(err, "market.order.invalid_stop_price", "this type has no stop price");
    if (strcmp(form->ord_type, "post_only") == 0) {
        if (asked.time_in_force != TIF_GTC)
            return refuse(err, "market.order.invalid_time_in_force",
                          "post_only rests, ioc and fok do not");
        asked.time_in_force = TIF_POST_ONLY;
    }
    *ret_order_request = asked;
    return true;
}

/* ---- paths ---- */

bool order_ref_parse(const char *text, struct order_ref *ret_ref, struct err *err)
{
    struct order_ref ref = {.by_uuid = false};
    if (text[0] != '\0' && text[strspn(text, "0123456789")] == '\0') {
        /* More digits than a number holds are no order's id. */
        if (!str_to_u64(text, &ref.id))
            ref.id = 0;
    } else if (uuid_parse(text, &ref.uuid)) {
        ref.by_uuid = true;
    } else {
        return refuse(err, "market.order.invaild_id_or_uuid", "neither an id nor a UUID");
    }
    *ret_ref = ref;
    return true;
}

/* ---- checks ---- */

bool check_market_exists(struct http_request *request, const char *text)
{
    return catalog_market(request_catalog(request), text) != NULL;
}

bool check_market_active(struct http_request *request, const char *text)
{
    const struct market *market = catalog_market(request_catalog(request), text);
    return market && market_is_active(market) && strcmp(market->type, "spot") == 0;
}

bool check_base_unit(struct http_request *request, const char *text)
{
    const struct catalog *catalog = request_catalog(request);
    for (size_t i = 0; i < catalog->markets_count; i++)
        if (strcmp(catalog->markets[i].base, text) == 0)
            return true;
    return false;
}

bool check_quote_unit(struct http_request *request, const char *text)
{
    const struct catalog *catalog = request_catalog(request);
    for (size_t i = 0; i < catalog->markets_count; i++)
        if (strcmp(catalog->markets[i].quote, text) == 0)
            return true;
    return false;
}

/* ---- filters ---- */

enum side side_or_both(const char *name)
{
    enum side side = SIDE_BOTH;
    bool known = !name || side_parse(name, &side);
    assert(known);
    return side;
}

static bool is_wanted(const char *wanted, const char *has)
{
    return !wanted || wanted[0] == '\0' || strcmp(wanted, has) == 0;
}

static bool is_listed(const struct param_list *list, const char *has)
{
    if (!list || list->count == 0)
        return true;
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->items[i], has) == 0)
            return true;
    return false;
}

bool market_choice_ids(struct http_request *request, const struct market_choice *choice,
                       const char *const **ret_ids, size_t *ret_count)
{
    const struct catalog *catalog = request_catalog(request);
    size_t count = 0;
    const char **ids =
        arena_alloc(http_arena(request), (catalog->markets_count + 1) * sizeof(*ids));
    if (!ids)
        return false;
    for (size_t i = 0; i < catalog->markets_count; i++) {
        const struct market *market = &catalog->markets[i];
        if (is_listed(choice->ids, market->id) && is_wanted(choice->id, market->id) &&
            is_wanted(choice->type, market->type) && is_wanted(choice->base_unit, market->base) &&
            is_wanted(choice->quote_unit, market->quote))
            ids[count++] = market->id;
    }
    /* A condition that leaves everything only costs the optimiser. */
    *ret_ids = count == catalog->markets_count ? NULL : ids;
    *ret_count = count;
    return true;
}

int64_t seconds_to_us(struct param_i64 seconds)
{
    if (!seconds.given)
        return 0;
    if (seconds.value <= 0)
        return 1;
    return (seconds.value < YEAR_9999_S ? seconds.value : YEAR_9999_S) * SECOND_US;
}
