#include "auth/actions/second_factor.h"

#include <string.h>

#include "auth/actions/recovery.h"
#include "auth/actions/totp.h"
#include "auth/store/passkeys.h"

static const char method_otp[] = "otp";

bool second_factor_is_needed(struct call *call, const struct user *user, bool *ret_is_needed,
                             struct err *err)
{
    size_t passkeys = 0;
    if (!user->otp && !passkeys_count(call->db, user->id, &passkeys, err))
        return false;
    *ret_is_needed = user->otp || passkeys > 0;
    return true;
}

bool second_factor_verify(struct call *call, const struct user *user, const char *code,
                          const char **ret_method, struct err *err)
{
    char parsed[RECOVERY_CHARS + 1];
    enum totp_answer answer = TOTP_WRONG;
    bool is_right = false;
    if (recovery_code_parse(code, parsed)) {
        if (!recovery_use(call, user, code, &is_right, err))
            return false;
    } else {
        if (!totp_use(call, user, code, &answer, err))
            return false;
        if (answer == TOTP_USED)
            return err_set_key(err, ERR_INVALID, "totp.error", "the code was used already");
        /* A seed that is not confirmed yet (otp is off) lets nobody in. */
        is_right = answer == TOTP_RIGHT && user->otp;
    }
    *ret_method = is_right ? method_otp : NULL;
    return true;
}
