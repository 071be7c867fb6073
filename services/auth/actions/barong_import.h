/*
 * barong_import.h: people of a Barong installation, from a dump of its database:
 * users with their bcrypt digests, uids, roles, states and referrers, service accounts, labels, data
 * storages, comments, restrictions and permissions. All of it in one transaction, or nothing; no event is told, so that
 * nobody gets a letter. Who is here already (uid or e-mail) is left as he is, with all that is his.
 *
 * What Barong sealed is opened where its key is known, and sealed again with ours: profiles, phones and
 * documents with BARONG_SECRET_KEY_BASE, API keys with Barong's Vault as our store. Files of documents are
 * no part of a dump: each is expected in our store as documents/barong/ID.EXTENSION. Not taken over, and counted:
 * those without their key, documents of a kind that we don't show, and the log. Users whose second factor was on keep the flag without a seed: they can't sign in
 * until an operator resets it, for the other way would let them in by a password alone.
 */
#ifndef AUTH_ACTIONS_BARONG_IMPORT_H
#define AUTH_ACTIONS_BARONG_IMPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "auth/actions/call.h"
#include "base/err.h"

enum { IMPORT_USERS_MAX = 10 * 1000 * 1000 };

struct import_counts {
    uint64_t users, known_users, factors; /* added; here already; added with a second factor */
    uint64_t labels, storages, comments, permissions, restrictions;
    uint64_t accounts, profiles, phones, documents, api_keys;
    uint64_t dead_keys; /* of them: no word of their scope opens anything */
    uint64_t left_out;  /* rows of tables that are not taken over */
};

/* ERR_INVALID, "FILE: line 12: what is wrong". The arena of the call is reset by it. */
bool barong_import(struct call *call, const char *path, struct import_counts *ret_counts,
                   struct err *err) MUST_CHECK;

#endif
