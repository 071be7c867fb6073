#include "matching/actions/accounting_call.h"

#include <stdio.h>
#include <string.h>

enum { URL_SIZE = 512 };

/* The token is used for half of its life: a call must not outlive it. */
static bool token_renew(struct worker *worker, struct err *err)
{
    int64_t now_us = clock_now_us(worker->clock);
    int64_t half_us = (int64_t)TOKEN_LIFETIME_S * 500000;
    bool is_fresh = worker->token_until_us > now_us && worker->token_until_us <= now_us + half_us;
    if (is_fresh)
        return true;
    str_clear(&worker->token);
    if (!token_sign_service(worker->signer, "matching", "accounting", now_us, TOKEN_LIFETIME_S,
                            &worker->token, err))
        return false;
    worker->token_until_us = now_us + half_us;
    return true;
}

bool accounting_call(struct worker *worker, const char *path, long timeout_ms, struct str *out,
                     struct err *err)
{
    char url[URL_SIZE];
    const char *base = worker->config->accounting_url;
    size_t base_length = strlen(base);
    long status;
    while (base_length > 0 && base[base_length - 1] == '/')
        base_length--;
    int length = snprintf(url, sizeof(url), "%.*s/api/v2/internal/matching/%s", (int)base_length,
                          base, path);
    if (length < 0 || (size_t)length >= sizeof(url))
        return err_set(err, ERR_CONFIG, "ACCOUNTING_URL is too long");
    if (!token_renew(worker, err))
        return false;
    struct fetch_request request = {
        .url = url,
        .bearer = worker->token.data,
        .timeout_ms = timeout_ms,
    };
    if (!fetch_run(worker->fetch, &request, &status, out, err))
        return err_wrap(err, "accounting, %s", path);
    return status == 200 || err_set(err, status == 410 ? ERR_GONE : ERR_PEER_UNAVAILABLE,
                                    "accounting, %s: status %ld", path, status);
}
