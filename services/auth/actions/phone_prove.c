#include "auth/actions/phone_prove.h"

#include <stdio.h>
#include <string.h>

#include "auth/actions/label_set.h"
#include "auth/actions/providers.h"
#include "auth/state/config.h"
#include "auth/state/metrics.h"
#include "auth/store/phones.h"
#include "auth/store/throttles.h"
#include "auth/store/users.h"
#include "base/auto.h"
#include "base/random.h"
#include "crypto/crypto.h"

static const int64_t second_us = 1000000;

/* ---- numbers ---- */

static bool parse(const char *text, struct phone_number *ret_number, struct err *err)
{
    return phone_parse(text, ret_number) ||
           err_set_key(err, ERR_REQUEST_INVALID, "resource.phone.invalid_num", "no phone number");
}

static bool is_taken(struct err *err)
{
    return err_set_key(err, ERR_REQUEST_INVALID, "resource.phone.number_exist",
                       "the number is verified by somebody");
}

static bool check_free(struct call *call, const char *number, struct err *err)
{
    uint64_t owner;
    if (phones_owner(call->db, call->app->secrets, number, &owner, err))
        return is_taken(err);
    return err->code == ERR_NOT_FOUND;
}

static bool find_own(struct call *call, const struct user *user, const char *number,
                     struct phone *ret_phone, struct err *err)
{
    if (phones_find(call->db, call->app->secrets, call->arena, user->id, number, ret_phone, err))
        return true;
    if (err->code == ERR_NOT_FOUND)
        err->key = "resource.phone.doesnt_exist";
    return false;
}

/* ---- sending ---- */

static bool take(struct call *call, const char *name, const char *key, uint32_t per_hour,
                 struct err *err)
{
    const struct throttle limit = {name, key, per_hour};
    bool granted;
    if (!throttle_take(call->db, &limit, call->now_us, &granted, err))
        return false;
    if (granted)
        return true;
    metric_add_labelled(call->app->metrics, METRIC_THROTTLED,
                        metric_label(call->app->metrics, METRIC_THROTTLED, name), 1);
    return err_set(err, ERR_TOO_MANY, "limit %s", name);
}

/* The narrow limits come first, so that who meets them takes nothing from everybody's. */
static bool take_limits(struct call *call, const struct user *user, const char *number,
                        struct err *err)
{
    const struct auth_config *config = call->app->config;
    return take(call, "sms.user", user->uid, config->limit_sms_user, err) &&
           take(call, "sms.number", number, config->limit_sms_number, err) &&
           take(call, "sms.address", call->visitor.ip, config->limit_sms_address, err) &&
           take(call, "sms.all", "", config->limit_sms_all, err);
}

static void make_code(char code[static PHONE_CODE_DIGITS + 1])
{
    static const uint32_t codes = 100000, fair = UINT32_MAX - UINT32_MAX % 100000;
    uint32_t number;
    do
        random_bytes(&number, sizeof(number));
    while (number >= fair);
    snprintf(code, PHONE_CODE_DIGITS + 1, "%05u", (unsigned)(number % codes));
}

static void fill_template(struct str *out, const char *template, const char *code)
{
    static const char hole[] = "{{code}}";
    for (const char *at; (at = strstr(template, hole)); template = at + sizeof(hole) - 1) {
        str_add_bytes(out, template, (size_t)(at - template));
        str_add(out, code);
    }
    str_add(out, template);
}

static bool send_own_code(struct call *call, const struct phone *phone, const char *to,
                          struct err *err)
{
    AUTO(str_wipe) struct str text = STR_INIT(SMS_TEXT_BYTES_MAX);
    char code[PHONE_CODE_DIGITS + 1], hash[KEYRING_INDEX_SIZE];
    make_code(code);
    fill_template(&text, call->app->config->sms_content_template, code);
    bool sent = phone_code_hash(call->app->secrets, phone->id, code, hash, err) &&
                phones_set_code(call->db, phone->id, hash,
                                call->now_us + PHONE_CODE_LIFETIME_S * second_us, err) &&
                sms_send(call->app->sms, to, str_data(&text), err);
    bytes_wipe(code, sizeof(code));
    return sent;
}

static bool send(struct call *call, const struct user *user, const struct phone *phone,
                 enum sms_channel channel, struct err *err)
{
    char to[PHONE_DIGITS_MAX + 2];
    snprintf(to, sizeof(to), "+%s", phone->number);
    if (!take_limits(call, user, phone->number, err) || !providers_enter(call->app, err))
        return false;
    bool sent = sms_kind(call->app->sms) == SMS_TWILIO_VERIFY
                    ? sms_verify_start(call->app->sms, to, channel, err)
                    : send_own_code(call, phone, to, err);
    providers_leave(call->app);
    return sent;
}

/* ---- adding ---- */

static bool check_room(struct call *call, const struct user *user, struct err *err)
{
    struct phone *phones;
    size_t count;
    return phones_of_user(call->db, call->app->secrets, call->arena, user->id, &phones, &count,
                          err) &&
           (count < PHONES_MAX || err_set_key(err, ERR_REQUEST_INVALID,
                                              "resource.phone.limit_reached", "%zu phones", count));
}

bool phone_add(struct call *call, const struct user *user, const char *number,
               enum sms_channel channel, struct err *err)
{
    struct phone_number parsed;
    struct phone phone = {.user_id = user->id};
    if (!parse(number, &parsed, err) || !check_free(call, parsed.digits, err) ||
        !check_room(call, user, err))
        return false;
    memcpy(phone.country, parsed.country, sizeof(phone.country));
    memcpy(phone.number, parsed.digits, sizeof(phone.number));
    if (!phones_insert(call->db, call->app->secrets, call->arena, &phone, call->now_us, err)) {
        if (err->code == ERR_CONFLICT)
            return err_set_key(err, ERR_REQUEST_INVALID, "resource.phone.exists",
                               "the user has the number");
        return false;
    }
    return send(call, user, &phone, channel, err);
}

bool phone_send_code(struct call *call, const struct user *user, const char *number,
                     enum sms_channel channel, struct err *err)
{
    struct phone_number parsed;
    struct phone phone;
    return parse(number, &parsed, err) && check_free(call, parsed.digits, err) &&
           find_own(call, user, parsed.digits, &phone, err) &&
           send(call, user, &phone, channel, err);
}

/* ---- proving ---- */

/* A guess counts before it is looked at. */
static bool own_code_is_right(struct call *call, const struct phone *phone, const char *code,
                              bool *ret_right, struct err *err)
{
    struct phone_code wanted;
    char hash[KEYRING_INDEX_SIZE];
    if (!phones_try_code(call->db, phone->id, &wanted, err) ||
        !phone_code_hash(call->app->secrets, phone->id, code, hash, err))
        return false;
    *ret_right = wanted.hash[0] && wanted.tries <= PHONE_CODE_TRIES_MAX &&
                 call->now_us < wanted.expires_at &&
                 bytes_equal(wanted.hash, hash, sizeof(hash) - 1);
    return true;
}

static bool ask_twilio(struct call *call, const char *to, const char *code, bool *ret_right,
                       struct err *err)
{
    if (!providers_enter(call->app, err))
        return false;
    bool asked = sms_verify_check(call->app->sms, to, code, ret_right, err);
    providers_leave(call->app);
    return asked;
}

static bool code_is_right(struct call *call, const struct phone *phone, const char *code,
                          bool *ret_right, struct err *err)
{
    char to[PHONE_DIGITS_MAX + 2];
    snprintf(to, sizeof(to), "+%s", phone->number);
    switch (sms_kind(call->app->sms)) {
    case SMS_MOCK:
        *ret_right = true;
        return true;
    case SMS_TWILIO_VERIFY:
        return take(call, "sms.check", phone->number,
                    PHONE_CODE_TRIES_MAX * call->app->config->limit_sms_number, err) &&
               ask_twilio(call, to, code, ret_right, err);
    case SMS_OUTBOX:
    case SMS_TWILIO_SMS:
        break;
    }
    return own_code_is_right(call, phone, code, ret_right, err);
}

struct proving {
    struct call *call;
    struct phone phone;
    struct user user;
};

static bool prove_unit(struct db *db, void *arg, struct err *err)
{
    struct proving *proving = arg;
    struct call *call = proving->call;
    const struct label_change change = {
        .key = "phone", .value = "verified", .scope = LABEL_PRIVATE};
    return users_lock_by_id(db, call->arena, proving->phone.user_id, &proving->user, err) &&
           phones_validate(db, &proving->phone, call->now_us, err) &&
           label_set(call, &proving->user, &change, err);
}

bool phone_verify(struct call *call, struct user *user, const char *number, const char *code,
                  struct err *err)
{
    struct proving proving = {.call = call};
    struct phone_number parsed;
    bool is_right;
    if (!parse(number, &parsed, err) || !check_free(call, parsed.digits, err) ||
        !find_own(call, user, parsed.digits, &proving.phone, err) ||
        !code_is_right(call, &proving.phone, code, &is_right, err))
        return false;
    if (!is_right)
        return err_set_key(err, ERR_NOT_FOUND, "resource.phone.verification_invalid",
                           "a wrong code, an old one, or too many guesses");
    if (!db_transaction(call->db, prove_unit, &proving, err))
        return err->code == ERR_CONFLICT ? is_taken(err) : false;
    *user = proving.user;
    return true;
}
