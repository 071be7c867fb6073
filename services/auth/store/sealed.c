#include "auth/store/sealed.h"

#include <stdio.h>
#include <string.h>

#include "crypto/crypto.h"

enum { CONTEXT_SIZE = 96 };

static void context_of(const struct sealer *sealer, const char *column,
                       char ret_context[static CONTEXT_SIZE])
{
    int length = snprintf(ret_context, CONTEXT_SIZE, "%s/%llu", column,
                          (unsigned long long)sealer->owner_id);
    assert(length > 0 && length < CONTEXT_SIZE);
}

static bool keep(const struct sealer *sealer, const struct str *text, const char **ret_text,
                 struct err *err)
{
    const char *copy = arena_strndup(sealer->arena, str_data(text), text->length);
    if (!copy)
        return err_set(err, ERR_BUSY, "no memory for a sealed text");
    *ret_text = copy;
    return true;
}

bool seal_text(const struct sealer *sealer, const char *column, const char *text,
               const char **ret_sealed, struct err *err)
{
    struct str sealed = STR_INIT(SECRET_SEALED_MAX);
    char context[CONTEXT_SIZE];
    if (!text) {
        *ret_sealed = NULL;
        return true;
    }
    context_of(sealer, column, context);
    bool done =
        secret_seal(sealer->secrets, sealer->kind, context, text, strlen(text), &sealed, err) &&
        keep(sealer, &sealed, ret_sealed, err);
    str_release(&sealed);
    return done;
}

bool unseal_column(const struct sealer *sealer, const char *column, const struct db_result *rows,
                   unsigned number, const char **ret_text, struct err *err)
{
    struct str text = STR_INIT(SECRET_SEALED_MAX);
    const char *sealed = db_get_text(rows, number);
    char context[CONTEXT_SIZE];
    if (!sealed) {
        *ret_text = NULL;
        return true;
    }
    context_of(sealer, column, context);
    bool done = secret_unseal(sealer->secrets, context, sealed, strlen(sealed), &text, err) &&
                keep(sealer, &text, ret_text, err);
    str_wipe(&text);
    return done;
}
