#include "auth/actions/restriction_save.h"

#include <stddef.h>
#include <string.h>

#include "auth/actions/audit.h"
#include "auth/actions/session.h"
#include "auth/domain/restriction.h"
#include "auth/store/changes.h"
#include "auth/store/whitelinks.h"
#include "base/random.h"
#include "base/str.h"
#include "crypto/crypto.h"
#include "db/db.h"

enum { CODE_MIN = 400, CODE_MAX = 599 };

#define AT(member) offsetof(struct restriction_row, member)
static const struct json_field audit_fields[] = {
    {"id", JSON_U64, AT(id)},
    {"category", JSON_TEXT, AT(category)},
    {"scope", JSON_TEXT, AT(scope)},
    {"value", JSON_TEXT, AT(value)},
    {"code", JSON_I64, AT(code)},
    {"state", JSON_TEXT, AT(state)},
    {NULL},
};
#undef AT

struct change {
    struct call *call;
    const struct user *admin;
    const struct restriction_draft *draft;
};

static bool refuse(struct err *err, const char *key)
{
    return err_set_key(err, ERR_INVALID, key, "%s", key);
}

static bool is_state(const char *text)
{
    return strcmp(text, "enabled") == 0 || strcmp(text, "disabled") == 0;
}

/* What the draft says replaces what the row says; then the whole must fit together. */
static bool fill(const struct restriction_draft *draft, struct restriction_row *row,
                 struct err *err)
{
    enum restriction_category category;
    enum restriction_scope scope;
    if (draft->category)
        row->category = draft->category;
    if (draft->scope)
        row->scope = draft->scope;
    if (draft->value)
        row->value = draft->value;
    if (draft->state)
        row->state = draft->state;
    if (draft->code.given)
        row->code = draft->code.value;
    if (!restriction_scope_parse(row->scope, &scope))
        return refuse(err, "admin.restriction.invalid_scope");
    if (!restriction_category_parse(row->category, &category))
        return refuse(err, "admin.restriction.invalid_category");
    if (!is_state(row->state))
        return refuse(err, "admin.restriction.invalid_state");
    if (strlen(row->value) > RESTRICTION_VALUE_MAX || !restriction_value_fits(scope, row->value))
        return refuse(err, "value.invalid");
    /* Whoever is let in gets no refusal: the code of a whitelist row means nothing. */
    if (row->code == 0 || category == CATEGORY_WHITELIST)
        row->code = restriction_default_code(category, scope);
    else if (row->code < CODE_MIN || row->code > CODE_MAX)
        return refuse(err, "admin.restriction.invalid_code");
    return true;
}

static bool is_lockout(const struct restriction_row *row)
{
    return strcmp(row->category, "blocklogin") == 0 && strcmp(row->state, "enabled") == 0;
}

static bool end(const struct change *change, const char *action,
                const struct restriction_row *before, const struct restriction_row *after,
                struct err *err)
{
    struct call *call = change->call;
    struct audit audit = {.topic = "restrictions",
                          .action = action,
                          .fields = audit_fields,
                          .before = before,
                          .after = after};
    if (after && is_lockout(after) && !(before && is_lockout(before)) &&
        !sessions_end_all(call, err))
        return false;
    return change_announce(call->db, CHANGE_RESTRICTIONS, "", err) &&
           audit_record(call, change->admin, &audit, err);
}

static bool say_taken(struct err *err)
{
    if (err->code == ERR_CONFLICT)
        err->key = "value.taken";
    return false;
}

static bool create_unit(struct db *db, void *arg, struct err *err)
{
    struct change *change = arg;
    struct restriction_row row = {
        .state = "enabled", .created_at = change->call->now_us, .updated_at = change->call->now_us};
    if (!fill(change->draft, &row, err))
        return false;
    return (restrictions_insert(db, &row, err) || say_taken(err)) &&
           end(change, "create", NULL, &row, err);
}

static bool lock(const struct change *change, struct restriction_row *ret_row, struct err *err)
{
    int64_t id = change->draft->id.value;
    if (restrictions_lock(change->call->db, change->call->arena, id < 0 ? 0 : (uint64_t)id, ret_row,
                          err))
        return true;
    if (err->code == ERR_NOT_FOUND)
        err->key = "admin.restriction.doesnt_exist";
    return false;
}

static bool change_unit(struct db *db, void *arg, struct err *err)
{
    struct change *change = arg;
    struct restriction_row before, row;
    if (!lock(change, &before, err))
        return false;
    row = before;
    row.updated_at = change->call->now_us;
    if (!fill(change->draft, &row, err))
        return false;
    return (restrictions_update(db, &row, err) || say_taken(err)) &&
           end(change, "update", &before, &row, err);
}

static bool remove_unit(struct db *db, void *arg, struct err *err)
{
    struct change *change = arg;
    struct restriction_row row;
    return lock(change, &row, err) && restrictions_delete(db, row.id, err) &&
           end(change, "delete", &row, NULL, err);
}

static bool run(db_unit *unit, struct call *call, const struct user *admin,
                const struct restriction_draft *draft, struct err *err)
{
    struct change change = {call, admin, draft};
    return db_transaction(call->db, unit, &change, err);
}

bool restriction_create(struct call *call, const struct user *admin, const void *draft,
                        struct err *err)
{
    return run(create_unit, call, admin, draft, err);
}

bool restriction_change(struct call *call, const struct user *admin, const void *draft,
                        struct err *err)
{
    return run(change_unit, call, admin, draft, err);
}

bool restriction_remove(struct call *call, const struct user *admin, const void *draft,
                        struct err *err)
{
    return run(remove_unit, call, admin, draft, err);
}

/* ---- links ---- */

struct link {
    struct call *call;
    const struct user *admin;
    const uint8_t *hash;
    int64_t expires_at;
};

static const struct json_field link_fields[] = {
    {"expires_at", JSON_TIME_ISO, offsetof(struct link, expires_at)}, {NULL}};

static bool link_unit(struct db *db, void *arg, struct err *err)
{
    struct link *link = arg;
    struct audit audit = {
        .topic = "restrictions", .action = "create", .fields = link_fields, .after = link};
    return whitelinks_insert(db, link->hash, link->call->now_us, link->expires_at, err) &&
           audit_record(link->call, link->admin, &audit, err);
}

bool whitelink_create(struct call *call, const struct user *admin, int64_t lifetime_s,
                      char ret_token[static WHITELINK_TEXT_SIZE], struct err *err)
{
    uint8_t bytes[WHITELINK_BYTES], hash[SHA256_SIZE];
    char token[WHITELINK_TEXT_SIZE];
    random_bytes(bytes, sizeof(bytes));
    for (size_t i = 0; i < sizeof(bytes); i++)
        snprintf(token + 2 * i, 3, "%02x", bytes[i]);
    sha256(token, sizeof(token) - 1, hash); /* of the text, which is what comes back */
    struct link link = {call, admin, hash, call->now_us + lifetime_s * INT64_C(1000000)};
    if (!db_transaction(call->db, link_unit, &link, err))
        return false;
    memcpy(ret_token, token, sizeof(token));
    return true;
}
