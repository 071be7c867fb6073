/* offline_sign.h: what --sign-file does with the text of its file: shows it, and signs it. */
#ifndef SIGNER_OFFLINE_SIGN_H
#define SIGNER_OFFLINE_SIGN_H

#include "base/str.h"
#include "signer/keys/keys.h"

struct offline_task {
    struct keys *keys;
    const struct str *file;
    const char *chain; /* "litecoin/main"; NULL: not said, which a PSBT does not bear */
    bool sign;
};

/* Appends what a person should read to `shown`, and the signed text to `made`. */
bool offline_sign(const struct offline_task *task, struct str *shown, struct str *made,
                  struct err *err) MUST_CHECK;

#endif
