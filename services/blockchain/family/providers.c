#include "blockchain/family/providers.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "blockchain/family/node_url.h"
#include "blockchain/family/rpc.h"
#include "blockchain/state/metrics.h"

struct provider {
    char url[RPC_URL_SIZE], label[256];
    bool is_known;   /* it was looked at */
    bool is_foreign; /* of another network */
    bool is_syncing;
    uint64_t tip, errors;
    unsigned failed_in_row;
    int64_t pause_ms, resume_us; /* the breaker: not before this, monotonic */
    char reason[CHAIN_REASON_SIZE];
    unsigned calls_metric, errors_metric;
};

struct providers {
    pthread_mutex_t lock;
    size_t references; /* the owner, and each session */
    struct providers_spec spec;
    char chain_key[CHAIN_KEY_SIZE];
    char network[CHAIN_NETWORK_SIZE];
    struct provider rows[PROVIDERS_MAX];
    size_t count;
    uint64_t best_tip;
};

struct provider_session {
    struct providers *providers;
    struct node nodes[PROVIDERS_MAX]; /* rpc NULL: not opened yet */
    size_t last;                      /* gave the last answer */
};

/* ---- the pool ---- */

static bool servers_read(struct providers *providers, const char *servers, struct err *err)
{
    static const char blanks[] = " ,\t\r\n";
    for (const char *at = servers + strspn(servers, blanks); *at; at += strspn(at, blanks)) {
        size_t length = strcspn(at, blanks);
        struct provider *provider = &providers->rows[providers->count];
        if (providers->count == PROVIDERS_MAX || length >= sizeof(provider->url))
            return err_set(err, ERR_CONFIG, "more than %d servers, or one that is too long",
                           PROVIDERS_MAX);
        memcpy(provider->url, at, length);
        if (!node_url_check(provider->url, err))
            return false;
        rpc_url_label(provider->url, provider->label, sizeof(provider->label));
        snprintf(provider->reason, sizeof(provider->reason), "not asked yet");
        providers->count++;
        at += length;
    }
    return providers->count > 0 || err_set(err, ERR_CONFIG, "no server is configured");
}

bool providers_new(const struct providers_spec *spec, struct providers **ret_providers,
                   struct err *err)
{
    struct providers *providers = calloc(1, sizeof(*providers));
    if (!providers)
        return err_set(err, ERR_INTERNAL, "no memory");
    pthread_mutex_init(&providers->lock, NULL);
    providers->references = 1;
    providers->spec = *spec;
    snprintf(providers->chain_key, sizeof(providers->chain_key), "%s", spec->chain_key);
    providers->spec.chain_key = providers->chain_key;
    providers->spec.servers = NULL;
    if (!servers_read(providers, spec->servers, err)) {
        providers_free(providers);
        return false;
    }
    for (size_t i = 0; spec->metrics && i < providers->count; i++) {
        struct provider *provider = &providers->rows[i];
        provider->calls_metric = metric_label(spec->metrics, METRIC_NODE_CALLS, provider->label);
        provider->errors_metric = metric_label(spec->metrics, METRIC_NODE_ERRORS, provider->label);
    }
    *ret_providers = providers;
    return true;
}

void providers_free(struct providers *providers)
{
    if (!providers)
        return;
    pthread_mutex_lock(&providers->lock);
    bool is_last = --providers->references == 0;
    pthread_mutex_unlock(&providers->lock);
    if (!is_last)
        return;
    pthread_mutex_destroy(&providers->lock);
    explicit_bzero(providers, sizeof(*providers));
    free(providers);
}

void providers_expect(struct providers *providers, const char *network)
{
    pthread_mutex_lock(&providers->lock);
    snprintf(providers->network, sizeof(providers->network), "%s", network);
    pthread_mutex_unlock(&providers->lock);
}

/* "http://host:port" of a label. */
static size_t host_length(const char *label)
{
    const char *scheme = strstr(label, "://");
    size_t head = scheme ? (size_t)(scheme + 3 - label) : 0;
    return head + strcspn(label + head, "/");
}

size_t providers_hosts(const struct providers *providers)
{
    size_t count = 0;
    for (size_t i = 0; i < providers->count; i++) { /* labels never change */
        const char *label = providers->rows[i].label;
        bool is_other = true;
        for (size_t k = 0; k < i && is_other; k++)
            is_other = host_length(label) != host_length(providers->rows[k].label) ||
                       memcmp(label, providers->rows[k].label, host_length(label)) != 0;
        count += is_other;
    }
    return count;
}

/* ---- sessions ---- */

bool provider_session_open(struct providers *providers, struct provider_session **ret_session,
                           struct err *err)
{
    struct provider_session *session = calloc(1, sizeof(*session));
    if (!session)
        return err_set(err, ERR_INTERNAL, "no memory");
    session->providers = providers;
    pthread_mutex_lock(&providers->lock);
    providers->references++;
    pthread_mutex_unlock(&providers->lock);
    *ret_session = session;
    return true;
}

void provider_session_close(struct provider_session *session)
{
    if (!session)
        return;
    for (size_t i = 0; i < PROVIDERS_MAX; i++)
        rpc_close(session->nodes[i].rpc);
    providers_free(session->providers);
    free(session);
}

bool provider_session_is_of(const struct provider_session *session,
                            const struct providers *providers)
{
    return session->providers == providers;
}

static bool node_of(struct provider_session *session, size_t at, struct node **ret_node,
                    struct err *err)
{
    struct providers *providers = session->providers;
    struct node *node = &session->nodes[at];
    if (!node->rpc && !rpc_open(providers->rows[at].url, providers->spec.timeout_ms,
                                providers->spec.authorities, &node->rpc, err))
        return false;
    node->client = providers->spec.client;
    pthread_mutex_lock(&providers->lock);
    memcpy(node->network, providers->network, sizeof(node->network));
    pthread_mutex_unlock(&providers->lock);
    *ret_node = node;
    return true;
}

/* ---- health ---- */

/* Failures that another provider may not have. */
static bool is_theirs(enum err_code code)
{
    return code == ERR_PEER_UNAVAILABLE || code == ERR_PROTOCOL || code == ERR_CONFIG ||
           code == ERR_GONE;
}

static void note_good_locked(struct provider *provider)
{
    provider->failed_in_row = 0;
    provider->pause_ms = 0;
    provider->resume_us = 0;
}

/* The pause doubles, and half of it is chance: a crowd of us does not come back at once. */
static void note_bad_locked(struct provider *provider, const struct err *err, int64_t now_us)
{
    provider->errors++;
    snprintf(provider->reason, sizeof(provider->reason), "%.150s", err->what);
    if (++provider->failed_in_row < PROVIDER_BREAKER_ERRORS)
        return;
    uint16_t chance;
    random_bytes(&chance, sizeof(chance));
    provider->pause_ms = provider->pause_ms == 0 ? PROVIDER_PAUSE_MIN_MS : 2 * provider->pause_ms;
    if (provider->pause_ms > PROVIDER_PAUSE_MAX_MS)
        provider->pause_ms = PROVIDER_PAUSE_MAX_MS;
    provider->resume_us =
        now_us + 500 * provider->pause_ms + 500 * provider->pause_ms * chance / UINT16_MAX;
}

static bool is_behind_locked(const struct providers *providers, const struct provider *provider)
{
    return provider->is_known && provider->tip + PROVIDER_LAG_MAX < providers->best_tip;
}

static bool is_healthy_locked(const struct providers *providers, const struct provider *provider)
{
    return provider->is_known && !provider->is_foreign && !provider->is_syncing &&
           provider->failed_in_row == 0 && !is_behind_locked(providers, provider);
}

/* Lower is asked earlier; -1: not at all. */
static int rank_locked(const struct providers *providers, const struct provider *provider,
                       int64_t now_us)
{
    if (provider->is_foreign)
        return -1;
    if (provider->resume_us > now_us)
        return 3;
    if (provider->failed_in_row > 0)
        return 2;
    return is_behind_locked(providers, provider) || provider->is_syncing ? 1 : 0;
}

static size_t order_of(struct provider_session *session, bool others_only,
                       size_t order[static PROVIDERS_MAX], bool *ret_all_paused)
{
    struct providers *providers = session->providers;
    int64_t now_us = clock_monotonic_us(providers->spec.clock);
    size_t count = 0;
    *ret_all_paused = true;
    pthread_mutex_lock(&providers->lock);
    for (int rank = 0; rank <= 3; rank++)
        for (size_t i = 0; i < providers->count; i++) {
            if ((others_only && i == session->last) ||
                rank_locked(providers, &providers->rows[i], now_us) != rank)
                continue;
            /* One that rests is asked only when nobody else is left. */
            if (rank == 3 && count > 0)
                continue;
            if (rank < 3)
                *ret_all_paused = false;
            order[count++] = i;
        }
    pthread_mutex_unlock(&providers->lock);
    return count;
}

static bool ask_one(struct provider_session *session, size_t at, provider_question *question,
                    void *arg, struct err *err)
{
    struct providers *providers = session->providers;
    struct provider *provider = &providers->rows[at];
    struct node *node;
    if (!node_of(session, at, &node, err))
        return false;
    int64_t begin_us = clock_monotonic_us(providers->spec.clock);
    bool ok = question(node, arg, err);
    int64_t end_us = clock_monotonic_us(providers->spec.clock);
    /* Not to keep what is old is no failure. */
    bool is_failure = !ok && is_theirs(err->code) && err->code != ERR_GONE;
    pthread_mutex_lock(&providers->lock);
    if (is_failure)
        note_bad_locked(provider, err, end_us);
    else
        note_good_locked(provider);
    pthread_mutex_unlock(&providers->lock);
    if (providers->spec.metrics) {
        metric_add_labelled(providers->spec.metrics, METRIC_NODE_CALLS, provider->calls_metric, 1);
        metric_observe_us(providers->spec.metrics, METRIC_NODE_SECONDS, end_us - begin_us);
        if (is_failure)
            metric_add_labelled(providers->spec.metrics, METRIC_NODE_ERRORS,
                                provider->errors_metric, 1);
    }
    return ok;
}

static bool ask(struct provider_session *session, bool others_only, provider_question *question,
                void *arg, struct err *err)
{
    size_t order[PROVIDERS_MAX];
    bool all_paused;
    size_t count = order_of(session, others_only, order, &all_paused);
    if (count == 0)
        return err_set(err, others_only ? ERR_NOT_FOUND : ERR_PEER_UNAVAILABLE,
                       "%s: no %sprovider of the right network", session->providers->chain_key,
                       others_only ? "other " : "");
    for (size_t i = 0; i < count; i++) {
        if (ask_one(session, order[i], question, arg, err)) {
            if (!others_only)
                session->last = order[i];
            return true;
        }
        if (!is_theirs(err->code))
            return false;
    }
    return false;
}

bool providers_ask(struct provider_session *session, provider_question *question, void *arg,
                   struct err *err)
{
    return ask(session, false, question, arg, err);
}

bool providers_ask_other(struct provider_session *session, provider_question *question, void *arg,
                         struct err *err)
{
    return ask(session, true, question, arg, err);
}

struct status_question {
    const char *txid;
    struct tx_status status;
};

static bool ask_tx_status(struct node *node, void *arg, struct err *err)
{
    struct status_question *question = arg;
    return node->client->family->tx_status(node, question->txid, &question->status, err);
}

bool providers_tx_status(struct provider_session *session, const char *txid,
                         struct tx_status *ret_status, struct err *err)
{
    struct status_question question = {.txid = txid};
    if (!providers_ask(session, ask_tx_status, &question, err))
        return false;
    *ret_status = question.status;
    return true;
}

/* ---- looking ---- */

struct look {
    struct chain_identity identity;
    struct chain_tip tip;
};

static bool look_one(struct node *node, void *arg, struct err *err)
{
    struct look *look = arg;
    const struct family *family = node->client->family;
    return family->identify(node, &look->identity, err) && family->tip(node, &look->tip, err);
}

/* The network of a chain is the first that a node told; a node of another one is no node of it. */
static bool network_note_locked(struct providers *providers, struct provider *provider,
                                const struct look *look, struct err *err)
{
    if (providers->network[0] == '\0')
        memcpy(providers->network, look->identity.network, sizeof(providers->network));
    provider->is_foreign = strcmp(providers->network, look->identity.network) != 0;
    return !provider->is_foreign ||
           err_set(err, ERR_CONFIG, "%s: network %s, expected %s", provider->label,
                   look->identity.network, providers->network);
}

static void note_look_locked(struct providers *providers, struct provider *provider,
                             const struct look *look)
{
    provider->is_known = true;
    provider->is_foreign =
        providers->network[0] != '\0' && strcmp(providers->network, look->identity.network) != 0;
    provider->is_syncing = look->identity.is_syncing;
    provider->tip = look->tip.height;
    if (provider->is_foreign)
        snprintf(provider->reason, sizeof(provider->reason), "network %s, expected %s",
                 look->identity.network, providers->network);
    else if (provider->is_syncing)
        snprintf(provider->reason, sizeof(provider->reason), "syncing, at %llu",
                 (unsigned long long)provider->tip);
    else
        provider->reason[0] = '\0';
}

/* The height that counts is the best of those that are of our network. */
static void best_find_locked(struct providers *providers)
{
    uint64_t best = 0;
    for (size_t i = 0; i < providers->count; i++) {
        const struct provider *provider = &providers->rows[i];
        if (provider->is_known && !provider->is_foreign && provider->failed_in_row == 0 &&
            provider->tip > best)
            best = provider->tip;
    }
    providers->best_tip = best;
}

/* Whether it is left alone for now; then why. */
static bool rests(struct providers *providers, size_t at, struct err *ret_why)
{
    const struct provider *provider = &providers->rows[at];
    pthread_mutex_lock(&providers->lock);
    bool is_resting = provider->resume_us > clock_monotonic_us(providers->spec.clock);
    if (is_resting)
        err_set(ret_why, ERR_PEER_UNAVAILABLE, "%s", provider->reason);
    pthread_mutex_unlock(&providers->lock);
    return is_resting;
}

/* Looks at one provider, and keeps what it saw. */
static bool look_and_note(struct provider_session *session, size_t at, struct look *look,
                          struct err *err)
{
    struct providers *providers = session->providers;
    if (!ask_one(session, at, look_one, look, err))
        return false;
    pthread_mutex_lock(&providers->lock);
    bool is_ours = network_note_locked(providers, &providers->rows[at], look, err);
    note_look_locked(providers, &providers->rows[at], look);
    best_find_locked(providers);
    pthread_mutex_unlock(&providers->lock);
    return is_ours;
}

void providers_look(struct provider_session *session)
{
    for (size_t i = 0; i < session->providers->count; i++) {
        struct look look;
        struct err kept; /* with the provider as well, where its readers find it */
        if (rests(session->providers, i, &kept) || look_and_note(session, i, &look, &kept))
            continue;
    }
}

bool providers_tip(struct provider_session *session, struct chain_identity *ret_identity,
                   uint64_t *ret_tip, struct err *err)
{
    struct providers *providers = session->providers;
    size_t order[PROVIDERS_MAX];
    bool all_paused;
    size_t count = order_of(session, false, order, &all_paused);
    /* If there is nobody to ask: why the preferred one is not. */
    pthread_mutex_lock(&providers->lock);
    err_set(err, ERR_CONFIG, "%s", providers->rows[0].reason);
    pthread_mutex_unlock(&providers->lock);
    for (size_t i = 0; i < count; i++) {
        struct look look;
        if (!look_and_note(session, order[i], &look, err))
            continue;
        pthread_mutex_lock(&providers->lock);
        *ret_tip = providers->best_tip;
        pthread_mutex_unlock(&providers->lock);
        *ret_identity = look.identity;
        return true;
    }
    return false;
}

size_t providers_view(const struct providers *providers, struct provider_view *ret_views,
                      size_t max)
{
    union {
        const struct providers *from;
        struct providers *to;
    } lock = {.from = providers};
    size_t count = 0;
    pthread_mutex_lock(&lock.to->lock);
    for (; count < providers->count && count < max; count++) {
        const struct provider *provider = &providers->rows[count];
        struct provider_view *view = &ret_views[count];
        view->is_healthy = is_healthy_locked(providers, provider);
        view->tip = provider->tip;
        view->errors = provider->errors;
        memcpy(view->url, provider->label, sizeof(view->url));
        snprintf(view->reason, sizeof(view->reason), "%s",
                 view->is_healthy              ? ""
                 : provider->reason[0] != '\0' ? provider->reason
                                               : "behind the others");
    }
    pthread_mutex_unlock(&lock.to->lock);
    return count;
}
