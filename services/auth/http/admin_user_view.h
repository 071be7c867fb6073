/*
 * admin_user_view.h: users as administrators and other servers see them (reference barong.md §1,
 * entities): UserWithProfile and UserWithKYC. Nothing is masked, but where a detail says so.
 */
#ifndef AUTH_HTTP_ADMIN_USER_VIEW_H
#define AUTH_HTTP_ADMIN_USER_VIEW_H

#include <stdbool.h>
#include <stddef.h>

#include "api/paging.h"
#include "auth/actions/call.h"
#include "auth/domain/user.h"
#include "auth/http/person_view.h"
#include "auth/http/user_view.h"
#include "auth/store/comments.h"
#include "auth/store/users_list.h"
#include "db/listing.h"
#include "http/http.h"

enum user_detail { USER_ALONE, USER_WITH_PROFILES, USER_WITH_MASKED_PROFILES, USER_WITH_KYC };

struct user_detail_view {
    struct user_view user;
    const struct label_view *labels;
    size_t labels_count;
    const struct profile_view *profiles;
    const struct phone_view *phones;
    const struct document_view *documents;
    const struct data_storage_view *data_storages;
    const struct comment *comments;
    size_t profiles_count, phones_count, documents_count, data_storages_count, comments_count;
};
extern const struct json_field user_with_profile_fields[];
extern const struct json_field user_with_kyc_fields[];

/* A page of users; the call is opened here. */
void reply_users(struct http_request *request, const struct users_filter *filter,
                 struct listing *listing, const struct paging *paging, enum user_detail detail);

void reply_user_with_profiles(struct http_request *request, struct call *call,
                              const struct user *user, int status);
void reply_user_with_kyc(struct http_request *request, struct call *call, const struct user *user,
                         int status);

#endif
