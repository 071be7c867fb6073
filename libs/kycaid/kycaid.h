/*
 * kycaid.h: KYCAID's REST API, as far as identity checks need it: applicants, files, documents,
 * addresses, verifications. Authorization: Token; the sandbox is said in each call.
 *
 * Errors: ERR_INVALID: it refuses what was sent, now and always; ERR_PEER_UNAVAILABLE: it can't answer
 * now (or our token is wrong: that is to be mended, not the person's fault). Stories never hold what was
 * sent. One struct kycaid belongs to one thread.
 */
#ifndef KYCAID_KYCAID_H
#define KYCAID_KYCAID_H

#include <stdbool.h>
#include <stddef.h>

#include "base/auto.h"
#include "base/err.h"

enum { KYCAID_ID_SIZE = 65, KYCAID_TIMEOUT_MS = 20000 };

struct kycaid;

struct kycaid_settings {
    const char *url; /* "https://api.kycaid.com" */
    const char *token;
    bool sandbox;
};

bool kycaid_open(const struct kycaid_settings *settings, struct kycaid **ret_kycaid,
                 struct err *err) MUST_CHECK;
void kycaid_close(struct kycaid *kycaid); /* NULL is fine */
DEFINE_AUTO(struct kycaid, kycaid_close);

/* A member of a request; NULL values are left out. Lists end with a NULL name. */
struct kycaid_member {
    const char *name, *value;
};

/* POST /applicants, /documents, /addresses: the id of what was made, by the name "applicant_id". */
bool kycaid_create(struct kycaid *kycaid, const char *path, const struct kycaid_member *members,
                   const char *id_name, char ret_id[static KYCAID_ID_SIZE], struct err *err)
    MUST_CHECK;
/* PATCH /documents/ID. */
bool kycaid_change(struct kycaid *kycaid, const char *path, const char *id,
                   const struct kycaid_member *members, struct err *err) MUST_CHECK;
/* POST /files. */
bool kycaid_send_file(struct kycaid *kycaid, const char *filename, const char *media_type,
                      const void *bytes, size_t length, char ret_id[static KYCAID_ID_SIZE],
                      struct err *err) MUST_CHECK;

struct kycaid_order {
    const char *applicant_id, *form_id, *callback_url;
    const char *types; /* "DOCUMENT FACIAL", "ADDRESS" */
};
/* POST /verifications. */
bool kycaid_verify(struct kycaid *kycaid, const struct kycaid_order *order, struct err *err)
    MUST_CHECK;

enum kycaid_answer { KYCAID_NOT_ASKED, KYCAID_REJECTED, KYCAID_VERIFIED };
struct kycaid_verdict {
    char applicant_id[KYCAID_ID_SIZE];
    bool is_completed; /* else the rest says nothing */
    enum kycaid_answer profile, document, facial, address;
};
/* GET /verifications/ID. ERR_NOT_FOUND. */
bool kycaid_read(struct kycaid *kycaid, const char *verification_id,
                 struct kycaid_verdict *ret_verdict, struct err *err) MUST_CHECK;

#endif
