/*
 * user_view.h: users as the API shows them (reference barong.md §1, entities): User, Label, and
 * UserWithFullInfo, which sign-in, sign-up and /resource/users/me answer.
 *
 *     reply_user_full(request, &call, &user, NULL, 200);                    // no session was opened
 *     reply_session(request, &call, &user, &opened, 201);                   // cookie and csrf_token
 *
 * Names that the web front end expects and Barong did not give (referal_uid, phone) are there beside
 * those of the contract (reference platform.md §8.7).
 */
#ifndef AUTH_HTTP_USER_VIEW_H
#define AUTH_HTTP_USER_VIEW_H

#include <stdbool.h>
#include <stddef.h>

#include "auth/actions/call.h"
#include "auth/actions/session.h"
#include "auth/domain/label.h"
#include "auth/domain/user.h"
#include "auth/http/person_view.h"
#include "http/http.h"

/* ---- User ---- */

struct user_view {
    const char *email, *uid, *role, *state, *referral_uid, *data, *username;
    int32_t level;
    bool otp;
    int64_t created_at, updated_at;
};
extern const struct json_field user_fields[];
struct user_view user_view_of(const struct user *user);

/* ---- Label ---- */

struct label_view {
    const char *key, *value, *scope, *description;
    int64_t created_at, updated_at;
};
extern const struct json_field label_fields[];       /* without the description */
extern const struct json_field admin_label_fields[]; /* with it */
struct label_view label_view_of(const struct label *label);

/* ---- UserWithFullInfo ---- */

struct user_full_view {
    struct user_view user;
    const char *csrf_token; /* NULL: left out */
    const struct label_view *labels;
    size_t labels_count;
    const struct phone_view *phones;
    const struct profile_view *profiles;
    const struct data_storage_view *data_storages;
    size_t phones_count, profiles_count, data_storages_count;
};
extern const struct json_field user_full_fields[];

/* Reads what belongs to the user. The view points into the arena and at `user`. */
bool user_full_view_read(struct call *call, const struct user *user,
                         struct user_full_view *ret_view, struct err *err) MUST_CHECK;

void reply_user_full(struct http_request *request, struct call *call, const struct user *user,
                     const char *csrf_token, int status);

/* After the transaction that opened the session. */
/* The cookie alone, for answers that are no user. */
void reply_session_cookie(struct http_request *request, const struct opened_session *opened);
void reply_session(struct http_request *request, struct call *call, const struct user *user,
                   const struct opened_session *opened, int status);

/* A Set-Cookie that ends the session in the browser. */
void reply_no_session(struct http_request *request);

#endif
