#include "auth/state/gate.h"

#include <stdlib.h>
#include <string.h>

struct gate *gate_new(void)
{
    struct gate *gate = calloc(1, sizeof(*gate));
    if (!gate)
        return NULL;
    pthread_mutex_init(&gate->mutex, NULL);
    pthread_mutex_init(&gate->look, NULL);
    gate->sessions = cache_new(GATE_SESSIONS_MAX, SESSION_ID_SIZE, sizeof(struct gate_session));
    gate->holders = cache_new(GATE_HOLDERS_MAX, USER_UID_SIZE, sizeof(struct gate_holder));
    gate->keys = cache_new(GATE_KEYS_MAX, GATE_KID_SIZE, sizeof(struct gate_key));
    gate->limited =
        cache_new(GATE_LIMITED_MAX, sizeof(struct gate_limited_key), sizeof(struct gate_limited));
    gate->access = cache_new(GATE_ACCESS_MAX, SESSION_ID_SIZE, sizeof(struct gate_access));
    gate->strangers = cache_new(GATE_STRANGERS_MAX, SESSION_ID_SIZE, 1);
    if (gate->sessions && gate->holders && gate->keys && gate->limited && gate->access &&
        gate->strangers)
        return gate;
    gate_free(gate);
    return NULL;
}

void gate_free(struct gate *gate)
{
    if (!gate)
        return;
    cache_free(gate->sessions);
    cache_free(gate->holders);
    cache_free(gate->keys);
    cache_free(gate->limited);
    cache_free(gate->access);
    cache_free(gate->strangers);
    gate_tables_give_back(gate->tables);
    pthread_mutex_destroy(&gate->mutex);
    pthread_mutex_destroy(&gate->look);
    free(gate->progress);
    free(gate);
}

bool gate_is_fresh(const struct gate *gate, int64_t monotonic_us)
{
    int64_t looked_us = gate->looked_us;
    return looked_us != 0 && monotonic_us - looked_us < GATE_FRESH_US;
}

bool gate_must_look(const struct gate *gate)
{
    return gate->changed_us >= gate->looked_us;
}

/* ---- tables ---- */

struct gate_tables *gate_tables_take(struct gate *gate)
{
    pthread_mutex_lock(&gate->mutex);
    struct gate_tables *tables = gate->tables;
    if (tables)
        atomic_fetch_add(&tables->holders, 1);
    pthread_mutex_unlock(&gate->mutex);
    return tables;
}

void gate_tables_give_back(struct gate_tables *tables)
{
    if (!tables || atomic_fetch_sub(&tables->holders, 1) > 1)
        return;
    permission_set_free(tables->permissions);
    restriction_set_free(tables->restrictions);
    free(tables);
}

bool gate_tables_set(struct gate *gate, struct permission_set *permissions,
                     struct restriction_set *restrictions, struct err *err)
{
    struct gate_tables *tables = permissions && restrictions ? calloc(1, sizeof(*tables)) : NULL;
    if (!tables) {
        permission_set_free(permissions);
        restriction_set_free(restrictions);
        return err_set(err, ERR_INTERNAL, "no memory for permissions and restrictions");
    }
    tables->holders = 1;
    tables->permissions = permissions;
    tables->restrictions = restrictions;
    pthread_mutex_lock(&gate->mutex);
    struct gate_tables *old = gate->tables;
    gate->tables = tables;
    pthread_mutex_unlock(&gate->mutex);
    gate_tables_give_back(old);
    return true;
}

/* ---- sessions in use ---- */

struct slide {
    int64_t expires_at;
    bool must_write;
};

static void slide(void *value, void *arg)
{
    struct gate_session *session = value;
    struct slide *slide = arg;
    if (slide->expires_at <= session->session.expires_at)
        return;
    session->session.expires_at = slide->expires_at;
    slide->must_write = slide->expires_at - session->written_at >= GATE_WRITE_STEP_US;
    if (slide->must_write)
        session->written_at = slide->expires_at;
}

void gate_session_use(struct gate *gate, const uint8_t id[static SESSION_ID_SIZE],
                      int64_t expires_at)
{
    struct slide change = {.expires_at = expires_at};
    if (!cache_change(gate->sessions, id, slide, &change) || !change.must_write)
        return;
    pthread_mutex_lock(&gate->mutex);
    /* Full: the database is slow, and the next use but a few will be written. */
    if (gate->uses_count < GATE_USES_MAX) {
        struct gate_use *use = &gate->uses[gate->uses_count++];
        memcpy(use->id, id, SESSION_ID_SIZE);
        use->expires_at = expires_at;
    }
    pthread_mutex_unlock(&gate->mutex);
}

size_t gate_uses_take(struct gate *gate, struct gate_use *ret_uses, size_t max)
{
    pthread_mutex_lock(&gate->mutex);
    size_t count = gate->uses_count < max ? gate->uses_count : max;
    gate->uses_count -= count;
    memcpy(ret_uses, gate->uses + gate->uses_count, count * sizeof(*ret_uses));
    pthread_mutex_unlock(&gate->mutex);
    return count;
}

/* ---- forgetting ---- */

void gate_forget_session(struct gate *gate, const uint8_t id[static SESSION_ID_SIZE])
{
    cache_drop(gate->sessions, id);
}

static bool is_of(const void *value, void *uid)
{
    return strcmp(((const struct gate_session *)value)->uid, uid) == 0;
}

void gate_forget_sessions_of(struct gate *gate, const char *uid)
{
    char key[USER_UID_SIZE];
    if (cache_key_text(uid, key, sizeof(key)))
        cache_drop_if(gate->sessions, is_of, key);
}

void gate_forget_holder(struct gate *gate, const char *uid)
{
    char key[USER_UID_SIZE];
    if (cache_key_text(uid, key, sizeof(key)))
        cache_drop(gate->holders, key);
}

void gate_forget_key(struct gate *gate, const char *kid)
{
    char key[GATE_KID_SIZE];
    if (cache_key_text(kid, key, sizeof(key)))
        cache_drop(gate->keys, key);
}

static bool is_of_grant(const void *value, void *grant_id)
{
    return strcmp(((const struct gate_access *)value)->grant_id, grant_id) == 0;
}

void gate_forget_grant(struct gate *gate, const char *grant_id)
{
    char key[GATE_ID_SIZE];
    if (cache_key_text(grant_id, key, sizeof(key)))
        cache_drop_if(gate->access, is_of_grant, key);
}

static bool is_of_client(const void *value, void *client_id)
{
    return strcmp(((const struct gate_access *)value)->client_id, client_id) == 0;
}

void gate_forget_client(struct gate *gate, const char *client_id)
{
    char key[GATE_CLIENT_ID_SIZE];
    if (cache_key_text(client_id, key, sizeof(key)))
        cache_drop_if(gate->access, is_of_client, key);
}

void gate_forget_all(struct gate *gate)
{
    cache_clear(gate->sessions);
    cache_clear(gate->holders);
    cache_clear(gate->keys);
    cache_clear(gate->limited);
    cache_clear(gate->access);
    cache_clear(gate->strangers);
}
