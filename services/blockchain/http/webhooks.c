/*
 * POST /webhooks/:key: a custody provider says that something happened. Public: the signature tells who
 * speaks (x-signature-sha256, HMAC of the body with CUSTODY_WEBHOOK_SECRET). The answer is quick: what it
 * says is kept once and read from the provider later (actions/custody.h).
 */
#include <ctype.h>
#include <string.h>

#include "blockchain/family/custody.h"
#include "blockchain/http/chain_request.h"
#include "blockchain/http/context.h"
#include "blockchain/http/routes_internal.h"
#include "blockchain/state/config.h"
#include "blockchain/store/custody.h"
#include "crypto/crypto.h"

static const struct param chain_params[] = {
    ROW_PATH("key", offsetof(struct chain_request, key), "Key of the chain."), PARAM_END};

/* In constant time, whatever is sent. */
static bool is_signed(const struct http_request *request, const char *secret, const char *body,
                      size_t length)
{
    static const char digits[] = "0123456789abcdef";
    const char *said = http_header(request, "x-signature-sha256");
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

static void webhook(struct http_request *request)
{
    const struct chain_request *form = http_params(request);
    struct blockchain *app = request_app(request);
    struct chain *chain = chains_find(app->chains, form->key);
    struct custody_notice_body notice;
    struct err err;
    size_t length;
    const char *body = http_body(request, &length);

    /* A stranger learns nothing of our chains. */
    if (!is_signed(request, app->config->custody_webhook_secret, body, length) || !chain ||
        !chain->client->is_custody) {
        refuse(request, ERR_FORBIDDEN, "blockchain.webhook.not_signed",
               "a webhook without our signature");
        return;
    }
    if (!custody_notice_parse(body, length, &notice, &err)) {
        refuse(request, ERR_INVALID, "blockchain.webhook.invalid", err.what);
        return;
    }
    struct db *db = request_db(request);
    if (!db)
        return;
    if (notice.is_transfer && !custody_notice_put(db, chain->key, notice.transfer_id, notice.state,
                                                  clock_now_us(http_clock(request)), &err)) {
        http_reply_err(request, &err);
        return;
    }
    http_reply_text(request, 200, "{}", 2);
}

const struct http_route webhook_routes[] = {
    {.method = "POST",
     .path = "/webhooks/:key",
     .mode = HTTP_WORKER,
     .access = ACCESS_PUBLIC,
     .class_name = "blockchain.webhook",
     .tag = "public",
     .handler = webhook,
     .params = chain_params,
     .params_size = sizeof(struct chain_request),
     .doc = "A custody provider says that something happened."},
    {.method = NULL}};
