/* /internal/keys: the extended public keys of our accounts, from which the gateway makes addresses. */
#include <string.h>

#include "json/field.h"
#include "signer/actions/signer.h"
#include "signer/http/context.h"
#include "signer/http/routes_internal.h"
#include "signer/actions/claim.h"
#include "signer/keys/keys.h"

struct keys_request {
    const char *client, *network;
    const char *account;
};
#define AT(member) offsetof(struct keys_request, member)
static const struct param keys_params[] = {{.name = "client",
                                            .kind = PARAM_TEXT,
                                            .offset = AT(client),
                                            .flags = PARAM_REQUIRED | PARAM_IN_PATH,
                                            .doc = "Client of the chain."},
                                           {.name = "network",
                                            .kind = PARAM_TEXT,
                                            .offset = AT(network),
                                            .flags = PARAM_REQUIRED | PARAM_IN_PATH,
                                            .doc = "main, test, regtest, or a chain id."},
                                           {.name = "account",
                                            .kind = PARAM_TEXT,
                                            .offset = AT(account),
                                            .flags = PARAM_REQUIRED | PARAM_IN_PATH,
                                            .doc = "deposit, hot, warm, fee, or 0 to 3."},
                                           PARAM_END};
#undef AT

struct keys_view {
    const char *xpub, *path;
};
#define AT(member) offsetof(struct keys_view, member)
static const struct json_field keys_fields[] = {
    {"xpub", JSON_TEXT, AT(xpub), .doc = "Extended public key of the account (BIP-32)."},
    {"path", JSON_TEXT, AT(path), .doc = "Where it stands below the master key."},
    {NULL}};
#undef AT

static bool account_read(const char *text, enum account *ret_account, struct err *err)
{
    uint64_t number;
    if (account_parse(text, ret_account))
        return true;
    if (!str_to_u64(text, &number) || number >= ACCOUNT_MAX)
        return err_set(err, ERR_NOT_FOUND, "no account %.16s", text);
    *ret_account = (enum account)number;
    return true;
}

static void account(struct http_request *request)
{
    struct signer *app = request_signer(request);
    const struct keys_request *asked = http_params(request);
    const struct policy_chain *chain;
    enum account number;
    char xpub[XPUB_TEXT_SIZE], path[KEY_PATH_TEXT_SIZE];
    struct err err;
    /* Public keys as well only for chains that are listed: another one would be a mistake of somebody. */
    if (!claim_chain(app, asked->client, asked->network, &chain, &err) ||
        !account_read(asked->account, &number, &err) ||
        !keys_account(app->keys, chain->coin, number, xpub, path, &err)) {
        http_reply_err(request, &err);
        return;
    }
    struct keys_view view = {.xpub = xpub, .path = path};
    http_reply_object(request, keys_fields, &view);
}

const struct http_route keys_routes[] = {{.method = "GET",
                                          .path = "/internal/keys/:client/:network/:account",
                                          .mode = HTTP_WORKER,
                                          .handler = account,
                                          .params = keys_params,
                                          .params_size = sizeof(struct keys_request),
                                          .reply = keys_fields,
                                          .class_name = "signer.keys",
                                          .tag = "internal",
                                          .doc = "The extended public key of an account."},
                                         {.method = NULL}};
