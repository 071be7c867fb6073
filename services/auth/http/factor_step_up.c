/* Showing again who one is, and recovery codes: extensions of the contract: deploy/docs/factors.md. */
#include <string.h>

#include "auth/actions/passkey.h"
#include "auth/actions/recovery.h"
#include "auth/actions/second_factor.h"
#include "auth/actions/step_up.h"
#include "auth/http/context.h"
#include "auth/http/routes_factors.h"
#include "auth/http/session_of.h"
#include "auth/store/passkeys.h"
#include "auth/store/recovery_codes.h"
#include "crypto/crypto.h"

/* ---- what the user has ---- */

struct factors_view {
    bool otp, needs_factor;
    int64_t passkeys, recovery_codes_left, step_up_until;
};

#define AT(member) offsetof(struct factors_view, member)
static const struct json_field factors_fields[] = {
    {"otp", JSON_BOOL, AT(otp), .doc = "Whether codes of an app are asked for."},
    {"passkeys", JSON_I64, AT(passkeys), .doc = "How many passkeys there are."},
    {"recovery_codes_left", JSON_I64, AT(recovery_codes_left), .doc = "How many are not used yet."},
    {"second_factor_needed", JSON_BOOL, AT(needs_factor),
     .doc = "Whether a password alone does not let me in."},
    {"step_up_valid_until", JSON_TIME_ISO, AT(step_up_until),
     .doc = "Until when dangerous actions are open; null: a step-up is needed first."},
    {NULL}};
#undef AT

static bool factors_read(struct call *call, const struct user *user, const struct session *session,
                         struct factors_view *ret_view, struct err *err)
{
    struct step_up_state state;
    size_t passkeys, left;
    int64_t created_at;
    if (!step_up_look(call, user, session, &state, err) ||
        !passkeys_count(call->db, user->id, &passkeys, err) ||
        !recovery_codes_count(call->db, user->id, &left, &created_at, err))
        return false;
    *ret_view = (struct factors_view){.otp = user->otp,
                                      .needs_factor = state.needs_factor,
                                      .passkeys = (int64_t)passkeys,
                                      .recovery_codes_left = (int64_t)left,
                                      .step_up_until = state.valid_until};
    return true;
}

static void reply_factors(struct http_request *request, struct call *call,
                          const struct session *session)
{
    struct factors_view view;
    struct err err;
    if (factors_read(call, request_user(request), session, &view, &err))
        http_reply_object(request, factors_fields, &view);
    else
        http_reply_err(request, &err);
}

static void show_factors(struct http_request *request)
{
    struct session session;
    struct call call;
    if (request_session(request, &call, &session))
        reply_factors(request, &call, &session);
}

/* ---- stepping up ---- */

static void ask(struct http_request *request)
{
    char holder[STEP_UP_HOLDER_SIZE];
    struct session session;
    struct call call;
    struct err err;
    if (!request_session(request, &call, &session))
        return;
    step_up_holder(&session, holder);
    struct str *out = http_reply_builder(request);
    if (passkey_ask(&call, request_user(request), CHALLENGE_STEP_UP, holder, out, &err))
        http_reply_built(request, 201);
    else
        http_reply_err(request, &err);
}

struct step_up_form {
    const char *password, *otp_code, *credential;
};

#define AT(member) offsetof(struct step_up_form, member)
static const struct param step_up_params[] = {
    {.name = "password",
     .kind = PARAM_TEXT,
     .offset = AT(password),
     .flags = PARAM_NOT_BLANK,
     .doc = "Of those who have no second factor."},
    {.name = "otp_code",
     .kind = PARAM_TEXT,
     .offset = AT(otp_code),
     .flags = PARAM_NOT_BLANK,
     .doc = "A code of the app, or a recovery code."},
    {.name = "credential",
     .kind = PARAM_JSON,
     .offset = AT(credential),
     .type_code = "resource.step_up.invalid",
     .doc = "What a passkey signed for the challenge of a step-up."},
    PARAM_END};
#undef AT

static void do_step_up(struct http_request *request)
{
    const struct step_up_form *form = http_params(request);
    const struct step_up shown = {
        .password = form->password, .code = form->otp_code, .passkey = form->credential};
    int count = (form->password != NULL) + (form->otp_code != NULL) + (form->credential != NULL);
    struct session session;
    struct call call;
    struct err err;
    if (!request_session(request, &call, &session))
        return;
    if (count != 1) {
        err_set_key(&err, ERR_INVALID, "resource.step_up.one_of_password_otp_code_credential",
                    "step-up: %d things are shown", count);
        http_reply_err(request, &err);
    } else if (!step_up(&call, request_user(request), &session, &shown, &err)) {
        http_reply_err(request, &err);
    } else {
        reply_factors(request, &call, &session);
    }
}

/* ---- recovery codes ---- */

struct codes_view {
    const char *const *codes;
    size_t count;
};

#define AT(member) offsetof(struct codes_view, member)
static const struct json_field codes_fields[] = {
    {"codes", JSON_TEXT_ARRAY, AT(codes), .count_offset = AT(count),
     .doc = "Shown this once. Each lets me in once in place of a second factor."},
    {NULL}};
#undef AT

static void make_codes(struct http_request *request)
{
    const struct user *user = request_user(request);
    const char *texts[RECOVERY_CODES];
    struct recovery_codes codes;
    struct session session;
    struct call call;
    struct err err;
    bool needs_factor;
    if (!request_stepped_up(request, &call, &session))
        return;
    if (!second_factor_is_needed(&call, user, &needs_factor, &err) ||
        (!needs_factor && !err_set_key(&err, ERR_INVALID, "resource.recovery_codes.no_factor",
                                       "no second factor that a code could replace")) ||
        !recovery_make(&call, user, &codes, &err)) {
        http_reply_err(request, &err);
        return;
    }
    for (size_t i = 0; i < RECOVERY_CODES; i++)
        texts[i] = codes.codes[i];
    const struct codes_view view = {.codes = texts, .count = RECOVERY_CODES};
    http_reply_object(request, codes_fields, &view);
    bytes_wipe(&codes, sizeof(codes));
}

#define STEP_UP "/api/v2/resource/step_up"

const struct http_route factor_step_up_routes[] = {
    {.method = "GET",
     .path = "/api/v2/resource/factors",
     .mode = HTTP_WORKER,
     .handler = show_factors,
     .reply = factors_fields,
     .access = ACCESS_USER,
     .class_name = "resource.factor",
     .tag = "resource",
     .doc = "My second factors, and whether dangerous actions are open."},
    {.method = "POST",
     .path = STEP_UP "/challenge",
     .mode = HTTP_WORKER,
     .handler = ask,
     .access = ACCESS_USER,
     .class_name = "resource.step_up",
     .tag = "resource",
     .doc = "What one of my passkeys is to sign: PublicKeyCredentialRequestOptionsJSON."},
    {.method = "POST",
     .path = STEP_UP,
     .mode = HTTP_HEAVY,
     .handler = do_step_up,
     .params = step_up_params,
     .params_size = sizeof(struct step_up_form),
     .reply = factors_fields,
     .status = 200,
     .access = ACCESS_USER,
     .class_name = "resource.step_up",
     .tag = "resource",
     .doc = "Show again who I am, by one of three ways: opens dangerous actions for a while."},
    {.method = "POST",
     .path = "/api/v2/resource/recovery_codes",
     .mode = HTTP_WORKER,
     .handler = make_codes,
     .reply = codes_fields,
     .access = ACCESS_USER,
     .class_name = "resource.recovery_codes",
     .tag = "resource",
     .doc = "New recovery codes in place of all former ones."},
    {.method = NULL}};
