#include "auth/actions/whitelink_use.h"

#include <string.h>

#include "auth/store/changes.h"
#include "auth/store/restriction_rows.h"
#include "auth/store/whitelinks.h"
#include "crypto/crypto.h"

static bool let_in_unit(struct db *db, void *arg, struct err *err)
{
    struct call *call = arg;
    struct restriction_row row = {
        .category = "whitelist", .scope = "ip", .value = call->visitor.ip, .state = "enabled"};
    if (restrictions_insert(db, &row, err))
        return change_announce(db, CHANGE_RESTRICTIONS, "", err);
    if (err->code == ERR_CONFLICT)
        err->key = "value.taken";
    return false;
}

bool whitelink_use(struct call *call, const char *token, struct err *err)
{
    uint8_t hash[SHA256_SIZE];
    bool is_good;
    sha256(token, strlen(token), hash);
    if (!whitelinks_is_good(call->db, hash, call->now_us, &is_good, err))
        return false;
    if (!is_good || call->visitor.ip[0] == '\0')
        return err_set_key(err, ERR_INVALID, "identity.user.access.invalid_token",
                           "no such link, or it is over");
    return db_transaction(call->db, let_in_unit, call, err);
}
