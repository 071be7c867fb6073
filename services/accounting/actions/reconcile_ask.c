#include "accounting/actions/reconcile_ask.h"

#include <stdio.h>
#include <string.h>

#include "accounting/domain/units.h"
#include "accounting/peers/peers.h"
#include "base/auto.h"
#include "json/read.h"

enum {
    PATH_SIZE = 320,
    TEXT_CHARS_MAX = 80,
    STATUS_OK = 200,
    CHAINS_LIST_MAX = 1000,
    COUNT_TIMEOUT_MS = 30 * 1000,
    PARTS_MAX = 2000 /* of a few thousand addresses */
};

DEFINE_AUTO(cJSON, cJSON_Delete);

/* False: no answer, or another one than 200; the gateway's first word about it is in the story. */
static bool ask(struct accounting *app, const char *path, long timeout_ms, cJSON **ret_root,
                struct err *err)
{
    AUTO(str_release) struct str text = STR_INIT(PEER_ANSWER_BYTES_MAX);
    AUTO_FREE(cJSON_Delete) cJSON *root = NULL;
    long status;
    const struct peer_request request = {
        .peer = PEER_BLOCKCHAIN, .path = path, .timeout_ms = timeout_ms};
    if (!peer_call(app->peers, &request, &status, &text, err))
        return false;
    if (!json_read(str_data(&text), text.length, &root, err))
        return err_set(err, ERR_PEER_UNAVAILABLE, "the gateway answers no JSON: %ld", status);
    if (status == STATUS_OK) {
        *ret_root = TAKE(root);
        return true;
    }
    const cJSON *errors = json_member(root, "errors");
    const cJSON *first = cJSON_IsArray(errors) ? errors->child : NULL;
    return err_set(err, ERR_PEER_UNAVAILABLE, "the gateway can't say: %ld %.80s", status,
                   cJSON_IsString(first) ? first->valuestring : "");
}

static bool nonsense(struct err *err, const char *what)
{
    return err_set(err, ERR_PROTOCOL, "the gateway's statement: %s", what);
}

static const char *text_of(struct arena *arena, const cJSON *object, const char *key)
{
    const char *text = json_member_text(object, key);
    return text && strlen(text) <= TEXT_CHARS_MAX ? arena_strdup(arena, text) : NULL;
}

bool heights_ask(struct accounting *app, struct arena *arena, struct chain_height **ret_heights,
                 size_t *ret_count, struct err *err)
{
    AUTO_FREE(cJSON_Delete) cJSON *root = NULL;
    const cJSON *one;
    size_t count = 0;
    if (!ask(app, "/internal/chains", 0, &root, err))
        return false;
    int size = cJSON_IsArray(root) ? cJSON_GetArraySize(root) : -1;
    if (size < 0 || size > CHAINS_LIST_MAX)
        return err_set(err, ERR_PROTOCOL, "the gateway lists no chains");
    struct chain_height *heights = arena_alloc(arena, ((size_t)size + 1) * sizeof(*heights));
    if (!heights)
        return err_set(err, ERR_BUSY, "no memory for heights");
    cJSON_ArrayForEach(one, root)
    {
        heights[count].blockchain_key = text_of(arena, one, "key");
        if (!json_member_i64(one, "height", &heights[count].height))
            heights[count].height = 0;
        count += heights[count].blockchain_key != NULL;
    }
    *ret_heights = heights;
    *ret_count = count;
    return true;
}

static bool lines_read(struct arena *arena, const cJSON *list, struct statement *statement,
                       struct err *err)
{
    int count = cJSON_IsArray(list) ? cJSON_GetArraySize(list) : -1;
    const cJSON *one;
    if (count < 0 || count > STATEMENT_LINES_MAX)
        return nonsense(err, "no lines");
    statement->lines = arena_alloc(arena, ((size_t)count + 1) * sizeof(*statement->lines));
    if (!statement->lines)
        return err_set(err, ERR_BUSY, "no memory for a statement");
    cJSON_ArrayForEach(one, list)
    {
        struct statement_line *line = &statement->lines[statement->lines_count++];
        line->contract = text_of(arena, one, "contract");
        line->name = text_of(arena, one, "name");
        line->units = text_of(arena, one, "units");
        if (!line->contract || !line->name || !line->units || !units_are_valid(line->units))
            return nonsense(err, "a malformed line");
    }
    return true;
}

bool statement_ask(struct accounting *app, struct arena *arena, const char *blockchain_key,
                   struct statement *ret_statement, struct err *err)
{
    AUTO_FREE(cJSON_Delete) cJSON *root = NULL;
    struct statement statement = {0};
    char path[PATH_SIZE];
    int64_t seq, parked, coins;
    snprintf(path, sizeof(path), "/internal/chains/%.32s/statement", blockchain_key);
    if (!ask(app, path, COUNT_TIMEOUT_MS, &root, err))
        return false;
    statement.hash = text_of(arena, root, "hash");
    statement.counted_by = text_of(arena, root, "counted_by");
    if (!json_member_i64(root, "seq", &seq) || seq < 0 ||
        !json_member_i64(root, "height", &statement.height) || statement.height < 0 ||
        !json_member_i64(root, "parked", &parked) || parked < 0 ||
        !json_member_i64(root, "coins", &coins) || coins < 0 || !statement.hash ||
        strspn(statement.hash, "0123456789abcdefx") != strlen(statement.hash) ||
        !statement.counted_by)
        return nonsense(err, "no place");
    statement.seq = (uint64_t)seq;
    statement.parked = (uint64_t)parked;
    statement.coins = (uint64_t)coins;
    if (!lines_read(arena, json_member(root, "lines"), &statement, err))
        return false;
    *ret_statement = statement;
    return true;
}

bool coins_count(struct accounting *app, const char *blockchain_key,
                 const struct statement *statement, const char *contract, int decimals,
                 struct coins *ret_coins, struct err *err)
{
    struct coins sum = {0};
    int64_t after = 0;
    for (int i = 0; i < PARTS_MAX; i++) {
        AUTO_FREE(cJSON_Delete) cJSON *root = NULL;
        struct coins part;
        int64_t next;
        char path[PATH_SIZE];
        snprintf(path, sizeof(path),
                 "/internal/chains/%.32s/count?height=%lld&hash=%.66s&contract=%.64s&after=%lld",
                 blockchain_key, (long long)statement->height, statement->hash, contract,
                 (long long)after);
        if (app->stopping)
            return err_set(err, ERR_BUSY, "the service ends");
        if (!ask(app, path, COUNT_TIMEOUT_MS, &root, err))
            return false;
        const char *units = json_member_text(root, "units");
        if (!units || !json_member_i64(root, "next", &next) || next < 0 ||
            !coins_of_units(units, decimals, &part) || !coins_add(&sum, part))
            return nonsense(err, "no sum");
        if (next == 0) {
            *ret_coins = sum;
            return true;
        }
        if (next <= after)
            return nonsense(err, "parts that come again");
        after = next;
    }
    return err_set(err, ERR_TOO_MANY, "more than %d parts of a sum", PARTS_MAX);
}
