#include "auth/actions/managed_phone.h"

#include <string.h>

#include "auth/store/phones.h"

bool managed_phone_create(struct call *call, const struct user *user, const char *number,
                          struct phone *ret_phone, struct err *err)
{
    struct phone phone = {.user_id = user->id, .validated_at = call->now_us}, own;
    struct secret_store *secrets = call->app->secrets;
    struct phone_number parsed;
    uint64_t owner;
    if (!phone_parse(number, &parsed))
        return err_set_key(err, ERR_REQUEST_INVALID, "management.phone.invalid_num", "no number");
    if (phones_owner(call->db, secrets, parsed.digits, &owner, err))
        return err_set_key(err, ERR_REQUEST_INVALID, "management.phone.number_exist",
                           "the number is somebody's");
    if (err->code != ERR_NOT_FOUND)
        return false;
    if (phones_find(call->db, secrets, call->arena, user->id, parsed.digits, &own, err))
        return err_set_key(err, ERR_REQUEST_INVALID, "management.phone.exists",
                           "the user has it, not verified");
    if (err->code != ERR_NOT_FOUND)
        return false;
    memcpy(phone.country, parsed.country, sizeof(phone.country));
    memcpy(phone.number, parsed.digits, sizeof(phone.number));
    if (!phones_insert(call->db, secrets, call->arena, &phone, call->now_us, err)) {
        if (err->code != ERR_CONFLICT)
            return false;
        return err_set_key(err, ERR_REQUEST_INVALID, "management.phone.number_exist",
                           "somebody was faster");
    }
    *ret_phone = phone;
    return true;
}

bool managed_phone_remove(struct call *call, const struct user *user, const char *number,
                          struct phone *ret_phone, struct err *err)
{
    struct phone_number parsed;
    if (!phone_parse(number, &parsed))
        return err_set(err, ERR_NOT_FOUND, "no such number");
    return phones_find(call->db, call->app->secrets, call->arena, user->id, parsed.digits,
                       ret_phone, err) &&
           phones_delete(call->db, ret_phone->id, err);
}
