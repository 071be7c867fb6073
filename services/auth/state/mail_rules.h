/*
 * mail_rules.h: which event is sent as which letter: the mailer's configuration (MAILER_CONFIG, in the
 * shape of OpenDAX's mailer.yml, reference barong.md §4.3), with the public keys of those whose
 * events are believed. Read at start, immutable: any thread.
 *
 *     keychain:  barong: {algorithm: RS256, value: <base64 of a PEM public key>, former: [..]}
 *     languages: - {code: EN, name: English}          the first is the default
 *     exchanges: barong_system: {name: barong.events.system, signer: barong}
 *     events:    - name: ..
 *                  key: session.create                routing key
 *                  exchange: barong_system
 *                  expression: {and: {..}}            domain/mail_condition.h; the first that holds
 *                  letter: session_create             of templates/mail, in every language
 *                  templates: {EN: {subject: .., template_path: ..}}   an operator's own, instead
 *                  stale_after: 3600                  seconds; an older event is dropped
 *                  per_hour: 30                       to one user; what is above is dropped
 *
 * `former` keys of a signer are still believed while it changes to a new one.
 */
#ifndef AUTH_STATE_MAIL_RULES_H
#define AUTH_STATE_MAIL_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "auth/domain/mail_condition.h"
#include "auth/state/mail_texts.h"
#include "base/err.h"
#include "base/str.h"

enum {
    MAIL_EVENTS_MAX = 64,
    MAIL_EXCHANGES_MAX = 16,
    MAIL_STALE_AFTER_S = 86400,
    MAIL_PER_HOUR = 30
};

struct mail_rules;

struct mail_event {
    const char *name;     /* for the log and the table of mails */
    const char *exchange; /* "barong.events.system" */
    const char *key;      /* "session.create" */
    const char *signer;
    const struct mail_condition *condition;
    const char *letter; /* NULL: only templates of its own */
    int64_t stale_after_s, per_hour;
    const struct tree_node *templates;
};

/* `folder`: services/auth/templates/mail. ERR_CONFIG with file and line. */
bool mail_rules_open(const char *path, const char *folder, struct mail_rules **ret_rules,
                     struct err *err) MUST_CHECK;
void mail_rules_free(struct mail_rules *rules); /* NULL is fine */

/* The rows, in the order of the file. */
const struct mail_event *mail_rules_events(const struct mail_rules *rules, size_t *ret_count);

/*
 * Verifies the one signature of a message and appends its claims to `json`. ERR_UNAUTHENTICATED:
 * forged, of nobody we know, or not whole. Expiry is the caller's to judge, by the event's stale_after:
 * who signed it is remembered by jti, so age makes no event dangerous.
 */
bool mail_rules_verify(const struct mail_rules *rules, int64_t now_us, const char *text,
                       size_t length, const char **ret_signer, struct str *json, struct err *err)
    MUST_CHECK;

/* The first row for this event of this signer whose expression holds; NULL: no letter. `event` has
 * name, record and changes; its full name is "<last word of the exchange>.<key>". */
const struct mail_event *mail_rules_find(const struct mail_rules *rules, const char *signer,
                                         const cJSON *event);

/* The number of a language for mail_rules_fill(), by its code in any case; unknown or NULL: the
 * default. */
size_t mail_rules_language(const struct mail_rules *rules, const char *code);
const char *mail_rules_language_code(const struct mail_rules *rules, size_t language); /* "en" */

/* See mail_texts_fill(). */
bool mail_rules_fill(const struct mail_rules *rules, const struct mail_event *event,
                     size_t language, cJSON *values, struct mail_form *form, struct err *err)
    MUST_CHECK;

#endif
