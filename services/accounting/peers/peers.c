#include "accounting/peers/peers.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "fetch/fetch.h"
#include "token/token.h"

enum { IDLE_MAX = 16, URL_SIZE = 1024, TOKEN_LIFETIME_S = 60, CONNECT_TIMEOUT_MS = 1000 };

struct peers {
    const struct clock *clock;
    struct token_signer *signer;
    const char *urls[PEERS_COUNT];
    pthread_mutex_t lock; /* of what follows */
    struct fetch *idle[PEERS_COUNT][IDLE_MAX];
    size_t idle_count[PEERS_COUNT];
};

static const char *const peer_names[PEERS_COUNT] = {"auth", "blockchain"};
/* What stands before "/internal" there. */
static const char *const peer_bases[PEERS_COUNT] = {"/api/v2", ""};

bool peers_open(const struct peers_spec *spec, struct peers **ret_peers, struct err *err)
{
    struct peers *peers = calloc(1, sizeof(*peers));
    if (!peers)
        return err_set(err, ERR_INTERNAL, "no memory");
    if (!token_signer_new("ES256", "accounting", spec->service_key, &peers->signer, err)) {
        free(peers);
        return err_wrap(err, "SERVICE_KEY_FILE");
    }
    peers->clock = spec->clock;
    memcpy(peers->urls, spec->urls, sizeof(peers->urls));
    pthread_mutex_init(&peers->lock, NULL);
    *ret_peers = peers;
    return true;
}

void peers_close(struct peers *peers)
{
    if (!peers)
        return;
    for (size_t peer = 0; peer < PEERS_COUNT; peer++)
        for (size_t i = 0; i < peers->idle_count[peer]; i++)
            fetch_free(peers->idle[peer][i]);
    pthread_mutex_destroy(&peers->lock);
    token_signer_free(peers->signer);
    free(peers);
}

/* ---- connections ---- */

static struct fetch *connection_take(struct peers *peers, enum peer peer)
{
    struct fetch *fetch = NULL;
    pthread_mutex_lock(&peers->lock);
    if (peers->idle_count[peer] > 0)
        fetch = peers->idle[peer][--peers->idle_count[peer]];
    pthread_mutex_unlock(&peers->lock);
    return fetch ? fetch : fetch_new();
}

static void connection_give_back(struct peers *peers, enum peer peer, struct fetch *fetch)
{
    bool kept = false;
    pthread_mutex_lock(&peers->lock);
    if (peers->idle_count[peer] < IDLE_MAX) {
        peers->idle[peer][peers->idle_count[peer]++] = fetch;
        kept = true;
    }
    pthread_mutex_unlock(&peers->lock);
    if (!kept)
        fetch_free(fetch);
}

/* ---- calls ---- */

static bool url_of(const struct peers *peers, const struct peer_request *request,
                   char url[static URL_SIZE], struct err *err)
{
    const char *base = peers->urls[request->peer];
    size_t length = base ? strlen(base) : 0;
    if (length == 0)
        return err_set(err, ERR_PEER_UNAVAILABLE, "%s: no URL is configured",
                       peer_names[request->peer]);
    while (length > 0 && base[length - 1] == '/')
        length--;
    int written = snprintf(url, URL_SIZE, "%.*s%s%s", (int)length, base, peer_bases[request->peer],
                           request->path);
    return (written > 0 && written < URL_SIZE) ||
           err_set(err, ERR_INVALID, "%s: the path is too long", peer_names[request->peer]);
}

bool peer_call(struct peers *peers, const struct peer_request *request, long *ret_status,
               struct str *out, struct err *err)
{
    AUTO(str_release) struct str token = STR_INIT(TOKEN_BYTES_MAX);
    char url[URL_SIZE];
    const char *name = peer_names[request->peer];
    if (!url_of(peers, request, url, err) ||
        !token_sign_service(peers->signer, "accounting", name, clock_now_us(peers->clock),
                            TOKEN_LIFETIME_S, &token, err))
        return false;
    struct fetch *fetch = connection_take(peers, request->peer);
    if (!fetch)
        return err_set(err, ERR_BUSY, "no memory for a call");
    const struct fetch_request call = {
        .method = request->method,
        .url = url,
        .bearer = str_data(&token),
        .content_type = request->body ? "application/json" : NULL,
        .body = request->body,
        .body_length = request->body ? strlen(request->body) : 0,
        .connect_timeout_ms = CONNECT_TIMEOUT_MS,
        .timeout_ms = request->timeout_ms ? request->timeout_ms : PEER_TIMEOUT_MS,
    };
    bool answered = fetch_run(fetch, &call, ret_status, out, err);
    connection_give_back(peers, request->peer, fetch);
    return answered || err_wrap(err, "%s, %s", name, request->path);
}
