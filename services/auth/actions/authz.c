#include "auth/actions/authz.h"

#include <string.h>

#include "auth/actions/authz_inquiry.h"
#include "auth/actions/gate_poll.h"
#include "auth/state/authz_rules.h"
#include "geo/geo.h"

enum { STATUS_PASS = 200, STATUS_REFUSED = 401, STATUS_MALFORMED = 400 };

enum authz_result authz_refuse(struct inquiry *inquiry, int status, const char *code)
{
    inquiry->answer->status = status;
    inquiry->answer->code = code;
    inquiry->answer->bearer = NULL;
    return AUTHZ_ANSWERED;
}

static const char *restriction_code(enum restriction_category category)
{
    static const char *const codes[CATEGORY_MAX] = {
        [CATEGORY_WHITELIST] = "",
        [CATEGORY_MAINTENANCE] = "authz.restrict.maintenance",
        [CATEGORY_BLACKLIST] = "authz.restrict.blacklist",
        [CATEGORY_BLOCKLOGIN] = "authz.restrict.blocklogin",
    };
    return codes[category];
}

/* True: refused, the answer is written. */
static bool is_restricted(struct inquiry *inquiry)
{
    const char *ip = inquiry->question->visitor.ip;
    const struct restriction_set *set = inquiry->tables->restrictions;
    struct geo_place place = {.country_code = ""};
    struct restriction_visitor visitor;
    /* Who came from nowhere is matched by rules for all. */
    if (!address_parse(ip, &visitor.address))
        memset(&visitor.address, 0, sizeof(visitor.address));
    else if (restriction_set_needs_place(set))
        geo_find(inquiry->app->geo, ip, &place);
    visitor.country_code = place.country_code;
    visitor.country_name = place.country_name;
    visitor.continent_code = place.continent_code;
    visitor.continent_name = place.continent_name;
    struct restriction_answer answer = restriction_ask(set, &visitor, inquiry->path);
    if (answer.refused)
        (void)authz_refuse(inquiry, answer.code, restriction_code(answer.category));
    return answer.refused;
}

/* What we remember must be young, and must know what this process itself has changed. */
static enum authz_result make_fresh(struct inquiry *inquiry)
{
    struct gate *gate = inquiry->app->gate;
    if (gate_must_look(gate)) {
        if (!inquiry->db)
            return AUTHZ_NEEDS_DATABASE;
        if (!gate_poll_if_needed(inquiry->app, inquiry->db, inquiry->err))
            return AUTHZ_FAILED;
    }
    if (gate_is_fresh(gate, clock_monotonic_us(inquiry->app->clock)))
        return AUTHZ_ANSWERED;
    err_set(inquiry->err, ERR_BUSY, "the caches have not seen the database for too long");
    return AUTHZ_FAILED;
}

static enum authz_result ask(struct inquiry *inquiry)
{
    const struct authz_rules *rules = authz_rules_of(inquiry->app->authz_rules);
    if (is_restricted(inquiry))
        return AUTHZ_ANSWERED;
    if (authz_path_has_prefix(rules->block, inquiry->path))
        return authz_refuse(inquiry, STATUS_REFUSED, "authz.permission_denied");
    if (authz_path_has_prefix(rules->pass, inquiry->path)) {
        inquiry->answer->status = STATUS_PASS;
        return AUTHZ_ANSWERED;
    }
    enum authz_result fresh = make_fresh(inquiry);
    if (fresh != AUTHZ_ANSWERED)
        return fresh;
    if (api_key_is_offered(&inquiry->question->key))
        return authz_by_key(inquiry);
    return authz_has_bearer(inquiry->question) ? authz_by_bearer(inquiry)
                                               : authz_by_session(inquiry);
}

enum authz_result authz_ask(struct auth *app, struct db *db, struct arena *arena,
                            const struct authz_question *question, struct authz_answer *ret_answer,
                            struct err *err)
{
    char *path = arena_alloc(arena, AUTHZ_PATH_MAX);
    struct inquiry inquiry = {.app = app,
                              .db = db,
                              .arena = arena,
                              .question = question,
                              .path = path,
                              .answer = ret_answer,
                              .err = err,
                              .now_us = clock_now_us(app->clock)};
    *ret_answer = (struct authz_answer){.status = 0};
    if (!path) {
        err_set(err, ERR_BUSY, "no memory for a question");
        return AUTHZ_FAILED;
    }
    if (!authz_path_normalise(question->path, path, AUTHZ_PATH_MAX))
        return authz_refuse(&inquiry, STATUS_MALFORMED, "server.invalid_request");
    struct gate_tables *tables = gate_tables_take(app->gate);
    if (!tables) {
        err_set(err, ERR_BUSY, "permissions are not loaded yet");
        return AUTHZ_FAILED;
    }
    inquiry.tables = tables;
    enum authz_result result = ask(&inquiry);
    gate_tables_give_back(tables);
    assert(result != AUTHZ_ANSWERED || ret_answer->status > 0);
    return result;
}
