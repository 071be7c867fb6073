/*
 * oauth_flow.h: a person is asked whether a client may act for him. The steps:
 *
 *     oauth_request_find   whose request it is; before that nothing may be sent anywhere
 *     oauth_params_check   (domain) all other rules; failures go to the client by redirect
 *     oauth_decide         what is next: sign in, agree, or done
 *     oauth_flow_begin     the request waits under a handle, bound to the browser by a cookie
 *     oauth_flow_open      ... and is found again by the pages
 *     oauth_flow_finish    the code (or the device) gets its grant
 *
 * The handle is used once, and is of no use in another browser than the one that began: that is also
 * what protects the forms from other sites.
 */
#ifndef AUTH_ACTIONS_OAUTH_FLOW_H
#define AUTH_ACTIONS_OAUTH_FLOW_H

#include <stdbool.h>

#include "auth/actions/call.h"
#include "auth/domain/oauth_params.h"
#include "auth/domain/session.h"
#include "auth/domain/user.h"
#include "auth/store/oauth_clients.h"
#include "auth/store/oauth_flows.h"
#include "base/err.h"

enum { OAUTH_FLOW_LIFE_S = 1800, OAUTH_PUSHED_LIFE_S = 90, OAUTH_DEVICE_LIFE_S = 600 };

#define OAUTH_REQUEST_URI_PREFIX "urn:ietf:params:oauth:request_uri:"

struct oauth_request {
    struct oauth_client_row row;
    struct oauth_params params;
    struct oauth_ask ask; /* after oauth_params_check() */
    bool was_pushed;
};

/* Who sits at the browser. */
struct oauth_person {
    bool is_there;
    struct session session;
    struct user user;
};

/* The session of a cookie, as long as it may be used by this browser. No session is no failure. */
bool oauth_person_find(struct call *call, const char *cookie, struct oauth_person *ret_person,
                       struct err *err) MUST_CHECK;

/* params->client_id, request_uri and redirect_uri are looked at. A pushed request is used up. */
bool oauth_request_find(struct call *call, const struct oauth_params *params,
                        struct oauth_request *ret_request, struct err *err) MUST_CHECK;
/* RFC 9126: the request of an authenticated client waits for its browser. ret_uri: its name. */
bool oauth_request_push(struct call *call, const struct oauth_client *client,
                        const struct oauth_params *params,
                        char ret_uri[static OAUTH_SECRET_SIZE + sizeof(OAUTH_REQUEST_URI_PREFIX)],
                        struct err *err) MUST_CHECK;

/* From when on the person must have signed in; 0: any time. */
int64_t oauth_login_after(const struct oauth_ask *ask, int64_t now_us);

enum oauth_step { OAUTH_STEP_LOGIN, OAUTH_STEP_CONSENT, OAUTH_STEP_DONE };
/* Failures go to the client: login_required, consent_required, access_denied. */
bool oauth_decide(struct call *call, const struct oauth_request *request,
                  const struct oauth_person *person, int64_t login_after, enum oauth_step *ret_step,
                  struct err *err) MUST_CHECK;

/* ---- waiting ---- */

struct oauth_waiting {
    struct oauth_flow flow;
    struct oauth_request request;
    struct oauth_device device; /* flow.device != 0 */
    uint8_t hash[OAUTH_HASH_SIZE];
};

/* browser: the value of the cookie; device: of a device, NULL: none. */
bool oauth_flow_begin(struct call *call, const struct oauth_request *request, int64_t login_after,
                      const char *browser, const struct oauth_device *device,
                      char ret_handle[static OAUTH_SECRET_SIZE], struct err *err) MUST_CHECK;
/* OAUTH_INVALID_REQUEST: no such flow, or of another browser. */
bool oauth_flow_open(struct call *call, const char *handle, const char *browser,
                     struct oauth_waiting *ret_waiting, struct err *err) MUST_CHECK;

/* ---- the end ---- */

/* The person agreed to `scopes` (part of what was asked). waiting: NULL when nothing had to be asked.
 * ret_code: "" for a device. OAUTH_INVALID_REQUEST: the flow was ended already. */
bool oauth_flow_finish(struct call *call, const struct oauth_request *request,
                       const struct oauth_waiting *waiting, const struct oauth_person *person,
                       scope_set scopes, char ret_code[static OAUTH_SECRET_SIZE], struct err *err)
    MUST_CHECK;
/* He said no. */
bool oauth_flow_deny(struct call *call, const struct oauth_waiting *waiting, struct err *err)
    MUST_CHECK;

/* ---- devices (RFC 8628) ---- */

struct oauth_device_codes {
    char device_code[OAUTH_SECRET_SIZE];
    char user_code[USER_CODE_SIZE];
    uint32_t expires_in_s, interval_s;
};
bool oauth_device_begin(struct call *call, const struct oauth_client *client, const char *scope,
                        const char *resource, struct oauth_device_codes *ret_codes, struct err *err)
    MUST_CHECK;
/* The device that waits under a code which a person typed, as a request. OAUTH_INVALID_REQUEST. */
bool oauth_device_find(struct call *call, const char *typed, struct oauth_device *ret_device,
                       struct oauth_request *ret_request, struct err *err) MUST_CHECK;

#endif
