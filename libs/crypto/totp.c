#include "crypto/totp.h"

#include <string.h>

#include "crypto/crypto.h"

enum { MICROSECONDS = 1000000, TOTP_MODULUS = 1000000 };

int64_t totp_step(int64_t now_us)
{
    return now_us / MICROSECONDS / TOTP_PERIOD_S;
}

void totp_code(const void *seed, size_t length, int64_t step, char ret_code[static TOTP_DIGITS + 1])
{
    uint8_t counter[8], mac[SHA1_SIZE];
    for (unsigned i = 0; i < 8; i++)
        counter[i] = (uint8_t)((uint64_t)step >> (56 - 8 * i));
    hmac_sha1(seed, length, counter, sizeof(counter), mac);
    const uint8_t *at = mac + (mac[SHA1_SIZE - 1] & 15);
    uint32_t number = ((uint32_t)at[0] & 127) << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 |
                      (uint32_t)at[3];
    number %= TOTP_MODULUS;
    for (int i = TOTP_DIGITS - 1; i >= 0; i--, number /= 10)
        ret_code[i] = (char)('0' + number % 10);
    ret_code[TOTP_DIGITS] = '\0';
    bytes_wipe(mac, sizeof(mac));
}

enum totp_answer totp_check(const void *seed, size_t length, const char *code, int64_t now_us,
                            int64_t last_step, int64_t *ret_step)
{
    int64_t now_step = totp_step(now_us), found = 0;
    char expected[TOTP_DIGITS + 1];
    if (strlen(code) != TOTP_DIGITS)
        return TOTP_WRONG;
    /* All steps are tried, and the oldest that fits is what counts. */
    for (int64_t step = now_step + TOTP_SLACK_STEPS; step >= now_step - TOTP_SLACK_STEPS; step--) {
        totp_code(seed, length, step, expected);
        if (bytes_equal(expected, code, TOTP_DIGITS))
            found = step;
    }
    bytes_wipe(expected, sizeof(expected));
    if (found == 0)
        return TOTP_WRONG;
    if (found <= last_step)
        return TOTP_USED;
    *ret_step = found;
    return TOTP_RIGHT;
}

static void add_escaped(struct str *out, const char *text)
{
    for (const char *c = text; *c; c++) {
        bool is_plain = (*c >= 'A' && *c <= 'Z') || (*c >= 'a' && *c <= 'z') ||
                        (*c >= '0' && *c <= '9') || strchr("-._~", *c);
        if (is_plain)
            str_add_char(out, *c);
        else
            str_add_format(out, "%%%02X", (unsigned)(uint8_t)*c);
    }
}

void totp_url(struct str *out, const char *issuer, const char *account, const void *seed,
              size_t length)
{
    str_add(out, "otpauth://totp/");
    add_escaped(out, issuer);
    str_add_char(out, ':');
    add_escaped(out, account);
    str_add(out, "?secret=");
    base32_write(out, seed, length);
    str_add(out, "&issuer=");
    add_escaped(out, issuer);
    str_add_format(out, "&algorithm=SHA1&digits=%d&period=%d", TOTP_DIGITS, TOTP_PERIOD_S);
}
