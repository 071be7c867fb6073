#include "auth/actions/signing_keys.h"

#include <stdio.h>
#include <string.h>

#include "auth/state/config.h"
#include "auth/state/signing.h"
#include "auth/store/changes.h"
#include "auth/store/signing_keys.h"
#include "base/auto.h"
#include "crypto/crypto.h"

enum { ARENA_BYTES_MAX = 256 * 1024, PEM_BYTES_MAX = 16 * 1024 };

static const int64_t second_us = 1000000;

DEFINE_AUTO(struct arena, arena_free);

/* Which of the rows signs now; `count`: none does yet, the configured key is the one. */
static size_t signer_of(const struct signing_row *rows, size_t count, int64_t now_us)
{
    size_t signer = count;
    for (size_t i = 0; i < count; i++)
        if (rows[i].signs_at <= now_us)
            signer = i;
    return signer;
}

/* The configured key is published until the last of its tokens is over; then no session is believed by
 * it any more. */
static bool configured_is_published(const struct auth *app, const struct signing_row *rows,
                                    size_t count, int64_t now_us)
{
    return count == 0 || now_us < rows[0].signs_at + app->config->jwt_key_retire_s * second_us;
}

static bool set(struct auth *app, struct db *db, struct arena *arena, struct signing_row *rows,
                size_t count, int64_t now_us, struct err *err)
{
    struct signing_key keys[SIGNING_ROWS_MAX + 1] = {{.kid = ""}};
    size_t signer = signer_of(rows, count, now_us);
    bool gone;
    _Static_assert((int)TOKEN_THUMBPRINT_SIZE <= (int)SIGNING_KID_SIZE, "a name fits");
    _Static_assert((int)SIGNING_ROWS_MAX + 1 <= (int)SIGNING_KEYS_MAX, "all fit");
    if (signer < count && !signing_keys_unseal(db, app->secrets, arena, &rows[signer], err))
        return false;
    for (size_t i = 0; i < count; i++) {
        keys[i].signs = i == signer;
        keys[i].is_published = true;
        keys[i].public_pem = rows[i].public_pem;
        keys[i].private_pem = rows[i].private_pem;
        snprintf(keys[i].kid, sizeof(keys[i].kid), "%.43s", rows[i].kid);
        snprintf(keys[i].algorithm, sizeof(keys[i].algorithm), "%s", rows[i].algorithm);
    }
    bool with_own = configured_is_published(app, rows, count, now_us);
    struct signing_key *own = &keys[count];
    *own = *signing_own(app->signing);
    own->signs = signer == count;
    own->is_published = true;
    if (!signing_set(app->signing, keys, count + with_own, with_own ? own->kid : NULL, &gone, err))
        return false;
    if (gone)
        token_cache_clear(app->bearer_tokens);
    return true;
}

static uint64_t mark_of_text(uint64_t mark, const char *text)
{
    for (; *text; text++)
        mark = (mark ^ (uint8_t)*text) * 0x100000001b3U;
    return mark;
}

/* One word for all that decides: when it is the same, nothing has to be done. */
static uint64_t mark_of(const struct auth *app, const struct signing_row *rows, size_t count,
                        int64_t now_us)
{
    uint64_t mark = 0xcbf29ce484222325U + signer_of(rows, count, now_us);
    for (size_t i = 0; i < count; i++)
        mark = mark_of_text(mark, rows[i].kid);
    mark = mark_of_text(mark, signing_own(app->signing)->kid);
    return mark * 2 + configured_is_published(app, rows, count, now_us);
}

bool signing_keys_take_own(struct auth *app, const char *private_pem, const char *public_pem,
                           struct err *err)
{
    const struct signing_key *own = signing_own(app->signing);
    struct signing_key next = {.private_pem = private_pem, .public_pem = public_pem};
    if (strcmp(private_pem, own->private_pem) == 0 && strcmp(public_pem, own->public_pem) == 0)
        return true;
    memcpy(next.algorithm, own->algorithm, sizeof(next.algorithm));
    if (!signing_key_name(&next, err) || !signing_own_set(app->signing, &next, err))
        return err_wrap(err, "JWT_PRIVATE_KEY_FILE, JWT_PUBLIC_KEY_FILE");
    return true;
}

bool signing_keys_refresh(struct auth *app, struct db *db, struct err *err)
{
    AUTO_FREE(arena_free) struct arena *arena = arena_new(ARENA_BYTES_MAX);
    struct signing_row rows[SIGNING_ROWS_MAX];
    int64_t now_us = clock_now_us(app->clock);
    size_t count;
    if (!arena)
        return err_set(err, ERR_INTERNAL, "no memory");
    if (!signing_keys_list(db, arena, now_us, rows, &count, err))
        return false;
    uint64_t mark = mark_of(app, rows, count, now_us);
    if (mark == app->signing_mark)
        return true;
    if (!set(app, db, arena, rows, count, now_us, err))
        return false;
    app->signing_mark = mark;
    return true;
}

/* ---- a new one ---- */

struct rotation {
    struct auth *app;
    const struct signing_row *row;
    int64_t now_us;
};

static bool rotate_unit(struct db *db, void *arg, struct err *err)
{
    const struct rotation *rotation = arg;
    int64_t older_end_at =
        rotation->row->signs_at + rotation->app->config->jwt_key_retire_s * second_us;
    return signing_keys_insert(db, rotation->app->secrets, rotation->row, older_end_at,
                               rotation->now_us, err) &&
           change_announce(db, CHANGE_SIGNING_KEYS, "", err);
}

bool signing_keys_rotate(struct auth *app, struct db *db, char ret_kid[static 64], struct err *err)
{
    AUTO(str_release) struct str private_pem = STR_INIT(PEM_BYTES_MAX);
    AUTO(str_release) struct str public_pem = STR_INIT(PEM_BYTES_MAX);
    struct signing_row row = {.ends_at = 0};
    int64_t now_us = clock_now_us(app->clock);
    if (!token_key_generate(app->config->jwt_algorithm, &private_pem, &public_pem, row.kid, err))
        return false;
    snprintf(row.algorithm, sizeof(row.algorithm), "%s", app->config->jwt_algorithm);
    row.private_pem = str_data(&private_pem);
    row.public_pem = str_data(&public_pem);
    row.signs_at = now_us + app->config->jwt_key_publish_s * second_us;
    struct rotation rotation = {app, &row, now_us};
    bool good = db_transaction(db, rotate_unit, &rotation, err);
    str_wipe(&private_pem);
    if (good)
        snprintf(ret_kid, 64, "%s", row.kid);
    return good;
}
