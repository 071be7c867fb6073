#include "accounting/actions/server_seal.h"

#include <stdio.h>
#include <string.h>

#include "base/auto.h"
#include "crypto/crypto.h"
#include "secret/secret.h"

enum { CONTEXT_SIZE = 300, SERVER_BYTES_MAX = 4096 };

static const char *context_of(const char *key, char text[static CONTEXT_SIZE])
{
    snprintf(text, CONTEXT_SIZE, "blockchains.server/%s", key);
    return text;
}

/* Every URL has this, and nothing that is sealed. */
static bool is_clear(const char *server)
{
    return !server || server[0] == '\0' || strstr(server, "://");
}

static bool keep(struct arena *arena, const struct str *text, const char **ret_text,
                 struct err *err)
{
    *ret_text = str_ok(text) ? arena_strdup(arena, str_data(text)) : NULL;
    return *ret_text || err_set(err, ERR_BUSY, "no memory for the servers of a blockchain");
}

bool server_seal(struct secret_store *secrets, struct arena *arena, const char *key,
                 const char *server, const char **ret_sealed, struct err *err)
{
    AUTO(str_release) struct str sealed = STR_INIT(SERVER_BYTES_MAX);
    char context[CONTEXT_SIZE];
    *ret_sealed = server;
    if (!secrets || !server || server[0] == '\0')
        return true;
    return secret_seal(secrets, SECRET_COLUMN, context_of(key, context), server, strlen(server),
                       &sealed, err) &&
           keep(arena, &sealed, ret_sealed, err);
}

bool server_open(struct secret_store *secrets, struct arena *arena, const char *key,
                 const char *sealed, const char **ret_server, struct err *err)
{
    AUTO(str_wipe) struct str server = STR_INIT(SERVER_BYTES_MAX);
    char context[CONTEXT_SIZE];
    *ret_server = sealed;
    if (is_clear(sealed))
        return true;
    if (!secrets)
        return err_set(err, ERR_PEER_UNAVAILABLE, "no store of secrets is configured");
    return secret_unseal(secrets, context_of(key, context), sealed, strlen(sealed), &server, err) &&
           keep(arena, &server, ret_server, err);
}

bool servers_seal(struct accounting *app, const struct change *change, struct err *err)
{
    const struct blockchain_filter all = {0};
    struct listing listing = {
        .arena = change->arena, .where = STR_INIT(LISTING_BYTES_MAX), .uncounted = true};
    struct listed listed;
    const char *sealed;
    if (!app->secrets || !secret_store_is_ready(app->secrets))
        return true;
    if (!blockchain_list(change->db, &all, &listing, &listed, err))
        return false;
    const struct blockchain_row *rows = listed.rows;
    for (size_t i = 0; i < listed.count; i++) {
        if (!rows[i].server || rows[i].server[0] == '\0' || !is_clear(rows[i].server))
            continue;
        if (!server_seal(app->secrets, change->arena, rows[i].key, rows[i].server, &sealed, err) ||
            !blockchain_server_replace(change->db, rows[i].id, rows[i].server, sealed, err))
            return false;
    }
    return true;
}
