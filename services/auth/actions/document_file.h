/*
 * document_file.h: documents and proofs of address are uploaded (reference barong.md §2.7).
 *
 * Files that are what they say are shown to the virus scanner, if there is one (UPLOAD_SCANNER), and go
 * into the file store, under random names; then one transaction writes the rows, the
 * events and the label that asks for a check. What fails behind the store is taken out of it again.
 */
#ifndef AUTH_ACTIONS_DOCUMENT_FILE_H
#define AUTH_ACTIONS_DOCUMENT_FILE_H

#include <stdbool.h>

#include "auth/actions/call.h"
#include "auth/domain/document.h"
#include "auth/domain/mistakes.h"
#include "auth/domain/user.h"
#include "base/err.h"
#include "contract/param_value.h"

enum { DOCUMENT_FILES_MAX = 20, IDENTIFICATOR_MAX = 64 };

struct document_filing {
    const char *doc_type;
    const char *doc_number;                              /* NULL: none, of addresses */
    const char *doc_expire, *doc_issue;                  /* dates; NULL or blank: none */
    const char *doc_category, *identificator, *metadata; /* NULL: none */
    struct param_files files;
    bool is_address; /* needs no last day; the label is `address` */
    bool label_kept; /* management: update_labels=false */
};

/* True with mistakes: nothing was done. ERR_INVALID, key resource.documents.invalid_format or
 * .already_expired; ERR_REQUEST_INVALID, key resource.documents.limit_reached or
 * .limit_will_be_reached; ERR_PEER_UNAVAILABLE, key document_store_is_away: the file store,
 * or the scanner. */
bool document_file(struct call *call, const struct user *user, const struct document_filing *filing,
                   struct mistakes *mistakes, struct err *err) MUST_CHECK;

extern const char document_store_is_away[];

#endif
