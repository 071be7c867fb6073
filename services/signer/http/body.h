/*
 * body.h: a JSON body, read strictly member by member. The first mistake sticks; body_ok() tells at the end.
 *
 *     struct body body;
 *     if (!body_open(request, &body, err)) return false;
 *     asked.client = body_text(&body, body.root, "client");
 *     ...
 *     if (!body_ok(&body, err)) return false;
 *
 * Whole numbers may be JSON numbers or texts of digits; amounts are texts. Absent is a mistake, unless the
 * function says otherwise. Texts live as long as the request.
 */
#ifndef SIGNER_HTTP_BODY_H
#define SIGNER_HTTP_BODY_H

#include "chain/bytes.h"
#include "chain/u256.h"
#include "http/http.h"
#include "json/read.h"
#include "signer/actions/claim.h"
#include "signer/domain/approvals.h"

struct body {
    struct http_request *request;
    const cJSON *root;
    bool failed;
    struct err why; /* of the first mistake */
};

bool body_open(struct http_request *request, struct body *ret_body, struct err *err) MUST_CHECK;
bool body_ok(const struct body *body, struct err *err) MUST_CHECK;
void body_mistake(struct body *body, const char *name);

const char *body_text(struct body *body, const cJSON *object,
                      const char *name); /* "" on a mistake */
const char *body_text_or(struct body *body, const cJSON *object, const char *name,
                         const char *fallback);
struct u256 body_units(struct body *body, const cJSON *object, const char *name);
struct u256 body_units_or_zero(struct body *body, const cJSON *object, const char *name);
uint64_t body_u64(struct body *body, const cJSON *object, const char *name, uint64_t max);
/* "0x" and digits; absent or "": nothing. Bytes in the arena. */
struct span body_hex(struct body *body, const cJSON *object, const char *name);
/* Base64 of either alphabet. Bytes in the arena. */
struct span body_base64(struct body *body, const cJSON *object, const char *name);

/* {"payout_id","contract"?,"to","units","account"?,"index"?} */
struct payment_claim body_claim(struct body *body, const cJSON *object, const char *payout_id);
/* "approvals": a list of documents, each a text or an object; absent: none. */
struct approvals body_approvals(struct body *body);

#endif
