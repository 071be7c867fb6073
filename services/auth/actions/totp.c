#include "auth/actions/totp.h"

#include <stdio.h>

#include "auth/actions/factor_limit.h"
#include "auth/state/config.h"
#include "auth/store/totp_factors.h"
#include "base/auto.h"
#include "base/random.h"
#include "crypto/crypto.h"
#include "secret/secret.h"

enum { CONTEXT_SIZE = 64, SEALED_MAX = 1024 };

static const char *seed_context(const struct user *user, char text[static CONTEXT_SIZE])
{
    snprintf(text, CONTEXT_SIZE, "totp.seed/%s", user->uid);
    return text;
}

/* Whatever the store's trouble is, the contract has one word for it. */
static bool store_failed(struct err *err)
{
    struct err story = *err;
    return err_set_key(err, ERR_INVALID, "totp.error", "%.180s", story.what);
}

bool totp_make(struct call *call, const struct user *user, struct str *url, struct err *err)
{
    uint8_t seed[TOTP_SEED_SIZE];
    char context[CONTEXT_SIZE];
    AUTO(str_release) struct str sealed = STR_INIT(SEALED_MAX);
    random_bytes(seed, sizeof(seed));
    bool done = secret_seal(call->app->secrets, SECRET_CREDENTIAL, seed_context(user, context),
                            seed, sizeof(seed), &sealed, err) ||
                store_failed(err);
    done = done && totp_factors_put(call->db, user->id, str_data(&sealed), call->now_us, err);
    if (done)
        totp_url(url, call->app->config->app_name, user->email, seed, sizeof(seed));
    bytes_wipe(seed, sizeof(seed));
    return done && (str_ok(url) || err_set(err, ERR_INTERNAL, "the address is too long"));
}

/* Looks the code up and takes its step. */
static bool code_take(struct call *call, const struct user *user, const char *code,
                      enum totp_answer *ret_answer, struct err *err)
{
    char context[CONTEXT_SIZE];
    AUTO(str_release) struct str sealed = STR_INIT(SEALED_MAX);
    AUTO(str_wipe) struct str seed = STR_INIT(SEALED_MAX);
    int64_t last_step, step;
    bool is_taken;
    if (!totp_factors_find(call->db, user->id, &sealed, &last_step, err)) {
        *ret_answer = TOTP_WRONG;
        return err->code == ERR_NOT_FOUND;
    }
    if (!secret_unseal(call->app->secrets, seed_context(user, context), str_data(&sealed),
                       sealed.length, &seed, err))
        return store_failed(err);
    *ret_answer = totp_check(str_data(&seed), seed.length, code, call->now_us, last_step, &step);
    if (*ret_answer != TOTP_RIGHT)
        return true;
    if (!totp_factors_take_step(call->db, user->id, step, &is_taken, err))
        return false;
    /* Of two requests with one code, the other was faster. */
    if (!is_taken)
        *ret_answer = TOTP_USED;
    return true;
}

bool totp_use(struct call *call, const struct user *user, const char *code,
              enum totp_answer *ret_answer, struct err *err)
{
    return factor_limit_take(call, user, err) && code_take(call, user, code, ret_answer, err) &&
           (*ret_answer != TOTP_RIGHT || factor_limit_give_back(call, user, err));
}
