#include "accounting/actions/otp_check.h"

#include <string.h>

#include "accounting/peers/peers.h"
#include "base/auto.h"
#include "json/field.h"
#include "json/read.h"

enum { CODE_MAX = 999999, BODY_BYTES_MAX = 1024, STATUS_OK = 200, STATUS_TOO_MANY = 429 };

DEFINE_AUTO(cJSON, cJSON_Delete);

bool otp_check(struct accounting *app, const char *policy, const char *uid, int64_t code,
               bool *ret_right, struct err *err)
{
    AUTO(str_release) struct str body = STR_INIT(BODY_BYTES_MAX);
    AUTO(str_release) struct str text = STR_INIT(PEER_ANSWER_BYTES_MAX);
    AUTO_FREE(cJSON_Delete) cJSON *answer = NULL;
    long status;
    *ret_right = strcmp(policy, "ignore") == 0;
    if (strcmp(policy, "verify") != 0 || code < 0 || code > CODE_MAX)
        return true;
    str_add(&body, "{\"uid\":");
    json_write_string(&body, uid);
    str_add_format(&body, ",\"code\":\"%06d\"}", (int)code);
    const struct peer_request request = {.peer = PEER_AUTH,
                                         .method = "POST",
                                         .path = "/internal/otp/verify",
                                         .body = str_data(&body)};
    if (!str_ok(&body))
        return err_set(err, ERR_INTERNAL, "a uid is too long");
    if (!peer_call(app->peers, &request, &status, &text, err))
        return false;
    if (status == STATUS_TOO_MANY) /* of wrong tries: the next one is wrong too */
        return true;
    if (status != STATUS_OK || !json_read(str_data(&text), text.length, &answer, err))
        return err_set(err, ERR_PEER_UNAVAILABLE, "auth does not verify codes: %ld", status);
    *ret_right = cJSON_IsTrue(json_member(answer, "valid"));
    return true;
}
