/*
 * profile.h: who a user says to be, and the rules of it (reference barong.md §2.6). Pure.
 *
 * A profile is drafted, submitted, then verified or rejected. A user changes a drafted one; at most one
 * of his profiles is drafted or submitted.
 */
#ifndef AUTH_DOMAIN_PROFILE_H
#define AUTH_DOMAIN_PROFILE_H

#include <stdbool.h>
#include <stdint.h>

#include "auth/domain/mistakes.h"
#include "base/arena.h"

enum profile_state { PROFILE_DRAFTED, PROFILE_SUBMITTED, PROFILE_VERIFIED, PROFILE_REJECTED };

/* Texts are clear, in the arena of who read it; NULL: none. */
struct profile {
    uint64_t id, user_id;
    const char *author;       /* uid of the administrator who filed it */
    const char *applicant_id; /* at the provider of identity checks */
    const char *first_name, *last_name;
    const char *dob; /* "2007-05-31" */
    const char *address, *postcode, *city;
    const char *country;  /* alpha-2 or alpha-3, upper case */
    const char *metadata; /* JSON text */
    enum profile_state state;
    int64_t created_at, updated_at;
};

/* What a request says; NULL leaves a member as it is. */
struct profile_draft {
    const char *first_name, *last_name, *dob, *address, *postcode, *city, *country, *metadata;
};

const char *profile_state_name(enum profile_state state); /* "drafted", ... */
bool profile_state_parse(const char *name, enum profile_state *ret_state);

/* Checks the draft and writes it over the profile: blanks squeezed, date and country normalised, in
 * the arena. Codes like "first_name.invalid"; with a mistake the profile is half written. */
void profile_apply(struct profile *profile, const struct profile_draft *draft, int64_t now_us,
                   struct arena *arena, struct mistakes *mistakes);

/* Whether it is an ISO 3166-1 code of two or three letters, in either case. */
bool country_is_known(const char *code);

#endif
