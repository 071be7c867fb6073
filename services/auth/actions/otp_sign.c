#include "auth/actions/otp_sign.h"

#include <string.h>

#include "auth/actions/totp.h"
#include "auth/state/config.h"
#include "auth/store/users.h"
#include "base/auto.h"
#include "crypto/crypto.h"
#include "json/read.h"
#include "token/token.h"

enum { CLAIMS_BYTES_MAX = 64 * 1024 };

DEFINE_AUTO(cJSON, cJSON_Delete);
DEFINE_AUTO(struct token_signer, token_signer_free);

static bool refuse(struct err *err, const char *sentence)
{
    return err_set_key(err, ERR_INVALID, sentence, "%s", sentence);
}

/* The signature would be as good for a compact token: of ours, all have a subject. */
static bool check_claims(const char *document, struct err *err)
{
    AUTO_FREE(cJSON_Delete) cJSON *root = NULL;
    AUTO_FREE(cJSON_Delete) cJSON *claims = NULL;
    AUTO(str_release) struct str text = STR_INIT(CLAIMS_BYTES_MAX);
    if (!json_read(document, strlen(document), &root, err))
        return refuse(err, "jwt is invalid");
    const char *payload = json_member_text(root, "payload");
    if (!payload || !base64url_read(payload, strlen(payload), &text) ||
        !json_read(str_data(&text), text.length, &claims, err) || !cJSON_IsObject(claims))
        return refuse(err, "jwt is invalid");
    if (json_member(claims, "sub") || json_member(claims, "uid"))
        return refuse(err, "JWT is invalid by the reason \"it names a subject\"");
    return true;
}

static bool check_code(struct call *call, const char *uid, const char *code, struct err *err)
{
    enum totp_answer answer;
    struct user user;
    if (!users_by_uid(call->db, NULL, uid, &user, err))
        return false;
    if (strcmp(user.state, "active") != 0)
        return err_set(err, ERR_NOT_FOUND, "the user is not active");
    if (!user.otp)
        return refuse(err, "Account has not enabled 2FA");
    if (!totp_use(call, &user, code, &answer, err))
        return false;
    return answer == TOTP_RIGHT || refuse(err, "OTP code is invalid");
}

bool otp_sign(struct call *call, const char *uid, const char *code, const char *document,
              struct str *out, struct err *err)
{
    const struct auth_config *config = call->app->config;
    AUTO_FREE(token_signer_free) struct token_signer *signer = NULL;
    const char *key = config->event_key[0] ? config->event_key : config->jwt_private_key;
    /* The document first: a code is used up by being right. */
    if (!check_claims(document, err) || !check_code(call, uid, code, err) ||
        !token_signer_new(config->event_algorithm, "barong", key, &signer, err))
        return false;
    if (token_sign_also(signer, document, strlen(document), out, err))
        return true;
    return err->code == ERR_BODY_INVALID ? refuse(err, "jwt is invalid") : false;
}
