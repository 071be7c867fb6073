/* PUT /internal/stopped_assets: accounting says what must not be paid now. */
#include <string.h>

#include "blockchain/http/context.h"
#include "blockchain/http/routes_internal.h"
#include "blockchain/store/stopped_assets.h"
#include "json/read.h"

enum { KEY_CHARS_MAX = 32, CONTRACT_CHARS_MAX = 64 };

struct stopped_form {
    struct param_i64 told_at;
    const char *assets;
};
#define AT(member) offsetof(struct stopped_form, member)
static const struct param stopped_params[] = {
    {.name = "told_at",
     .kind = PARAM_I64,
     .offset = AT(told_at),
     .flags = PARAM_REQUIRED | PARAM_RANGE,
     .min = 1,
     .max = INT64_MAX,
     .doc = "When the list was made, in microseconds: an older one frees nothing of a newer one."},
    {.name = "assets",
     .kind = PARAM_JSON,
     .offset = AT(assets),
     .flags = PARAM_REQUIRED,
     .doc = "All of them: objects with `chain` and `contract` (empty: the native coin)."},
    PARAM_END};
#undef AT

struct stopped_shown {
    uint64_t count;
};
static const struct json_field stopped_fields[] = {
    {"count", JSON_U64, offsetof(struct stopped_shown, count), .doc = "Assets of the list."},
    {NULL},
};

static bool list_read(struct arena *arena, const cJSON *root, struct stopped_list *list,
                      struct err *err)
{
    int size = cJSON_IsArray(root) ? cJSON_GetArraySize(root) : -1;
    const cJSON *one;
    if (size < 0 || size > STOPPED_ASSETS_MAX)
        return err_set_key(err, ERR_INVALID, "blockchain.stopped.assets_invalid",
                           "assets: a list of at most %d", STOPPED_ASSETS_MAX);
    struct stopped_asset *rows = arena_alloc(arena, ((size_t)size + 1) * sizeof(*rows));
    if (!rows)
        return err_set(err, ERR_BUSY, "no memory for a list");
    cJSON_ArrayForEach(one, root)
    {
        struct stopped_asset *row = &rows[list->count++];
        row->chain_key = json_member_text(one, "chain");
        row->contract = json_member_text(one, "contract");
        if (!row->chain_key || !row->contract || strlen(row->chain_key) > KEY_CHARS_MAX ||
            strlen(row->contract) > CONTRACT_CHARS_MAX)
            return err_set_key(err, ERR_INVALID, "blockchain.stopped.assets_invalid",
                               "assets: chain or contract of number %zu", list->count);
    }
    list->rows = rows;
    return true;
}

struct saving {
    struct stopped_list list;
    int64_t now_us;
};

static bool save_unit(struct db *db, void *arg, struct err *err)
{
    const struct saving *saving = arg;
    return stopped_assets_save(db, &saving->list, saving->now_us, err);
}

static void put(struct http_request *request)
{
    const struct stopped_form *form = http_params(request);
    struct db *db = request_db(request);
    struct saving saving = {.list = {.told_at = (uint64_t)form->told_at.value},
                            .now_us = clock_now_us(request_app(request)->clock)};
    cJSON *root = NULL;
    struct err err;
    if (!db)
        return;
    bool good = json_read(form->assets, strlen(form->assets), &root, &err) &&
                list_read(http_arena(request), root, &saving.list, &err) &&
                db_transaction(db, save_unit, &saving, &err);
    cJSON_Delete(root);
    const struct stopped_shown shown = {saving.list.count};
    if (good)
        http_reply_object(request, stopped_fields, &shown);
    else
        http_reply_err(request, &err);
}

const struct http_route internal_stopped_routes[] = {
    {.method = "PUT",
     .path = "/internal/stopped_assets",
     .mode = HTTP_WORKER,
     .access = ACCESS_SPEND,
     .class_name = "blockchain.stopped",
     .tag = "internal",
     .handler = put,
     .params = stopped_params,
     .params_size = sizeof(struct stopped_form),
     .reply = stopped_fields,
     .doc = "Withdrawals and refunds of these assets are not signed until a list is without them; "
            "what is signed goes on."},
    {.method = NULL}};
