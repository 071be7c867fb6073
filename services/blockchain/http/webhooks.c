/*
 * News of custody providers. POST /webhooks/:key comes from the provider itself, through the edge: public,
 * the signature tells who speaks (x-signature-sha256, HMAC of the body with CUSTODY_WEBHOOK_SECRET). POST
 * /internal/webhooks/:adapter/:event is the same, handed over by accounting with the body as it came. The
 * answer is quick: what it says is kept once and read from the provider later (actions/custody.h).
 */
#include <ctype.h>
#include <string.h>

#include "blockchain/actions/custody.h"
#include "blockchain/http/chain_request.h"
#include "blockchain/http/context.h"
#include "blockchain/http/routes_internal.h"
#include "blockchain/state/config.h"
#include "crypto/crypto.h"

enum { WEBHOOK_BYTES_MAX = 64 * 1024, HANDED_BYTES_MAX = 256 * 1024 };

/* In constant time, whatever is sent. */
static bool is_signed(const char *said, const char *secret, const char *body, size_t length)
{
    static const char digits[] = "0123456789abcdef";
    uint8_t mac[SHA256_SIZE];
    unsigned differs = 0;
    if (!secret || !secret[0] || !said || strlen(said) != 2 * sizeof(mac))
        return false;
    hmac_sha256(secret, strlen(secret), body, length, mac);
    for (size_t i = 0; i < sizeof(mac); i++) {
        differs |= (unsigned)(tolower((unsigned char)said[2 * i]) ^ digits[mac[i] >> 4]);
        differs |= (unsigned)(tolower((unsigned char)said[2 * i + 1]) ^ digits[mac[i] & 15]);
    }
    return differs == 0;
}

static void refuse(struct http_request *request, enum err_code code, const char *key,
                   const char *why)
{
    struct err err;
    err_set_key(&err, code, key, "%s", why);
    http_reply_err(request, &err);
}

static void refuse_unsigned(struct http_request *request)
{
    refuse(request, ERR_FORBIDDEN, "blockchain.webhook.not_signed",
           "a webhook without our signature");
}

/* `chain` NULL: whichever has the wallet that it names. */
static void take(struct http_request *request, struct chain *chain, const char *adapter,
                 const char *body, size_t length)
{
    struct blockchain *app = request_app(request);
    struct custody_notice_body notice;
    struct err err;
    if (!custody_notice_parse(body, length, &notice, &err)) {
        refuse(request, ERR_INVALID, "blockchain.webhook.invalid", err.what);
        return;
    }
    struct db *db = request_db(request);
    if (!db)
        return;
    if (custody_notice_take(app, db, chain, adapter, &notice, &err))
        http_reply_text(request, 200, "{}", 2);
    else
        http_reply_err(request, &err);
}

/* ---- from the provider ---- */

static const struct param chain_params[] = {
    ROW_PATH("key", offsetof(struct chain_request, key), "Key of the chain."), PARAM_END};

static void webhook(struct http_request *request)
{
    const struct chain_request *form = http_params(request);
    struct blockchain *app = request_app(request);
    struct chain *chain = chains_find(app->chains, form->key);
    size_t length;
    const char *body = http_body(request, &length);
    /* A stranger learns nothing of our chains. */
    if (!is_signed(http_header(request, "x-signature-sha256"), app->config->custody_webhook_secret,
                   body, length) ||
        !chain || !chain->client->is_custody)
        refuse_unsigned(request);
    else
        take(request, chain, NULL, body, length);
}

/* ---- by accounting ---- */

struct handed_form {
    const char *adapter, *event, *body, *signature;
};
#define AT(member) offsetof(struct handed_form, member)
static const struct param handed_params[] = {
    ROW_PATH("adapter", AT(adapter), "The client of the custody chain, \"bitgo\"."),
    {.name = "event",
     .kind = PARAM_TEXT,
     .offset = AT(event),
     .flags = PARAM_IN_PATH | PARAM_REQUIRED,
     .values = "deposit withdraw deposit_address",
     .value_code = "blockchain.webhook.event_invalid",
     .doc = "deposit, withdraw or deposit_address; the body says the same."},
    {.name = "body",
     .kind = PARAM_TEXT,
     .offset = AT(body),
     .flags = PARAM_REQUIRED,
     .doc = "The body, byte by byte."},
    {.name = "signature",
     .kind = PARAM_TEXT,
     .offset = AT(signature),
     .doc = "The provider's x-signature-sha256."},
    PARAM_END};
#undef AT

static void handed(struct http_request *request)
{
    const struct handed_form *form = http_params(request);
    const struct blockchain_config *config = request_app(request)->config;
    size_t length = strlen(form->body);
    if (is_signed(form->signature, config->custody_webhook_secret, form->body, length))
        take(request, NULL, form->adapter, form->body, length);
    else
        refuse_unsigned(request);
}

#define ROUTE(verb_path, who, tag_name)                                                            \
    .method = "POST", .path = verb_path, .mode = HTTP_WORKER, .access = who,                       \
    .class_name = "blockchain.webhook", .tag = tag_name, .status = 200

const struct http_route webhook_routes[] = {
    {ROUTE("/webhooks/:key", ACCESS_PUBLIC, "public"), .handler = webhook, .params = chain_params,
     .params_size = sizeof(struct chain_request), .body_bytes_max = WEBHOOK_BYTES_MAX,
     .doc = "A custody provider says that something happened."},
    {ROUTE("/internal/webhooks/:adapter/:event", ACCESS_READ, "internal"), .handler = handed,
     .params = handed_params, .params_size = sizeof(struct handed_form),
     .body_bytes_max = HANDED_BYTES_MAX,
     .doc = "The same, handed over by accounting; the provider's signature is checked here."},
    {.method = NULL}};
