/* /internal/events and /internal/explain: what was told, again; and why something is as it is. */
#include "base/auto.h"
#include "blockchain/actions/event_claims.h"
#include "blockchain/http/chain_request.h"
#include "blockchain/http/context.h"
#include "blockchain/http/explain_view.h"
#include "blockchain/http/routes_internal.h"

enum { EVENTS_MAX = 500 };

struct events_form {
    struct param_i64 after, limit;
};
#define AT(member) offsetof(struct events_form, member)
static const struct param events_params[] = {
    ROW_AFTER(AT(after), "The last number that the caller has."), ROW_LIMIT(AT(limit), EVENTS_MAX),
    PARAM_END};
#undef AT

struct events_shown {
    const char *const *events;
    size_t events_count;
    uint64_t last;
};
#define AT(member) offsetof(struct events_shown, member)
static const struct json_field events_fields[] = {
    {"events", JSON_TEXT_ARRAY, AT(events), .count_offset = AT(events_count),
     .doc = "Signed documents (JWS general JSON), by number."},
    {"last", JSON_U64, AT(last), .doc = "The last number that was given so far."},
    {NULL},
};
#undef AT

static bool sign_all(struct http_request *request, const struct event_row *rows, size_t count,
                     const char **ret_texts, struct err *err)
{
    const struct blockchain_config *config = request_app(request)->config;
    AUTO(str_release) struct str claims = STR_INIT(2 * EVENT_BODY_BYTES_MAX);
    AUTO(str_release) struct str text = STR_INIT(EVENT_SIGNED_BYTES_MAX);
    struct token_signer *signer;
    bool ok =
        token_signer_new(config->event_algorithm, "blockchain", config->event_key, &signer, err);
    if (!ok)
        return false;
    for (size_t i = 0; ok && i < count; i++) {
        ok = event_sign(signer, &rows[i], clock_now_us(http_clock(request)), &claims, &text, err);
        ret_texts[i] = ok ? arena_strndup(http_arena(request), str_data(&text), text.length) : NULL;
        if (ok && !ret_texts[i])
            ok = err_set(err, ERR_BUSY, "no memory for events");
    }
    token_signer_free(signer);
    return ok;
}

/* What is asked for must still be there, or a hole would look like news. Who has the events before it may be
 * believed: accounting asks for what follows its books. */
static bool position_note(struct http_request *request, struct db *db, uint64_t after,
                          struct err *err)
{
    uint64_t pruned;
    if (!events_pruned(db, &pruned, err))
        return false;
    if (after < pruned)
        return err_set_key(err, ERR_GONE, "blockchain.events.pruned",
                           "events up to %llu are not kept any more", (unsigned long long)pruned);
    return !request_is_of(request, "accounting") || events_confirmed(db, after, err);
}

static void events(struct http_request *request)
{
    const struct events_form *form = http_params(request);
    struct db *db = request_db(request);
    struct event_row *rows;
    struct events_shown shown;
    uint64_t published;
    struct err err;
    if (!db)
        return;
    if (!position_note(request, db, (uint64_t)form->after.value, &err) ||
        !events_head(db, &shown.last, &published, &err) ||
        !events_read(db, http_arena(request), (uint64_t)form->after.value,
                     (size_t)form->limit.value, &rows, &shown.events_count, &err)) {
        http_reply_err(request, &err);
        return;
    }
    const char **texts =
        arena_alloc(http_arena(request), (shown.events_count + 1) * sizeof(*texts));
    if (!texts)
        err_set(&err, ERR_BUSY, "no memory for events");
    if (!texts || !sign_all(request, rows, shown.events_count, texts, &err)) {
        http_reply_err(request, &err);
        return;
    }
    shown.events = texts;
    http_reply_object(request, events_fields, &shown);
}

#define READ(rest)                                                                                 \
    .method = "GET", .path = "/internal/" rest, .mode = HTTP_WORKER, .access = ACCESS_READ,        \
    .class_name = "blockchain.explain", .tag = "internal"

const struct http_route internal_event_routes[] = {
    {READ("events"), .handler = events, .params = events_params,
     .params_size = sizeof(struct events_form), .reply = events_fields,
     .doc = "Events above a number, as they went out."},
    {READ("explain/:key/tx/:txid"), .handler = explain_tx_show, .params = explain_tx_params,
     .params_size = sizeof(struct explain_form), .reply = tx_story_fields,
     .doc = "What became of a transaction, and why."},
    {READ("explain/:key/address/:address"), .handler = explain_address_show,
     .params = explain_address_params, .params_size = sizeof(struct explain_form),
     .reply = address_story_fields, .doc = "What an address is, and what came to it."},
    {READ("explain/payout/:id"), .handler = explain_payout_show, .params = explain_payout_params,
     .params_size = sizeof(struct explain_form), .reply = payout_story_fields,
     .doc = "Where a payout stands, and why; of any family."},
    {.method = NULL}};
