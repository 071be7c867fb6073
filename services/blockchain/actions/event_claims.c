#include "blockchain/actions/event_claims.h"

bool event_sign(struct token_signer *signer, const struct event_row *row, int64_t now_us,
                struct str *claims, struct str *out, struct err *err)
{
    char jti[UUID_TEXT_SIZE];
    int64_t now_s = now_us / 1000000;
    str_clear(claims);
    str_clear(out);
    str_add(claims, "{\"iss\":\"blockchain\",\"jti\":\"");
    str_add(claims, uuid_text(row->jti, jti));
    str_add(claims, "\",\"iat\":");
    str_add_i64(claims, now_s);
    str_add(claims, ",\"exp\":");
    str_add_i64(claims, now_s + EVENT_LIFETIME_S);
    str_add(claims, ",\"seq\":");
    str_add_u64(claims, row->seq);
    str_add(claims, ",\"event\":");
    str_add(claims, row->body);
    str_add_char(claims, '}');
    if (!str_ok(claims))
        return err_set(err, ERR_INTERNAL, "event %llu is too long", (unsigned long long)row->seq);
    if (!token_sign_general(signer, str_data(claims), out, err))
        return false;
    return str_ok(out) ||
           err_set(err, ERR_INTERNAL, "event %llu is too long", (unsigned long long)row->seq);
}
