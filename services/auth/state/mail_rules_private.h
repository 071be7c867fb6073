/* mail_rules_private.h: what mail_rules_read.c fills and mail_rules.c asks. */
#ifndef AUTH_STATE_MAIL_RULES_PRIVATE_H
#define AUTH_STATE_MAIL_RULES_PRIVATE_H

#include "auth/state/mail_rules.h"
#include "base/arena.h"
#include "token/token.h"
#include "yaml/yaml_tree.h"

enum {
    MAIL_SIGNERS_MAX = 8,
    MAIL_KEYS_MAX = 4, /* of one signer: the present one and three former */
    MAIL_OWNS_MAX = 256,
    MAIL_RULES_BYTES_MAX = 1 << 20,
    CLOCKS_APART_S = 60
};

struct mail_exchange {
    const char *id, *name, *signer;
};

/* An operator's template of an event in a language. */
struct own_template {
    const struct mail_event *event;
    size_t language;
    struct template *subject, *html, *text; /* text: NULL: none */
};

struct mail_rules {
    struct tree_node *tree; /* owns most texts */
    struct arena *arena;    /* owns the rest */
    struct mail_texts *texts;
    const char *signers[MAIL_SIGNERS_MAX + 1]; /* ends with NULL */
    size_t signers_count;
    struct token_keys *keys[MAIL_KEYS_MAX]; /* the n-th keys of all signers, under their names */
    const char *languages[MAIL_LANGUAGES_MAX];
    size_t languages_count;
    struct mail_exchange exchanges[MAIL_EXCHANGES_MAX];
    size_t exchanges_count;
    struct mail_event events[MAIL_EVENTS_MAX];
    size_t events_count;
    struct own_template owns[MAIL_OWNS_MAX];
    size_t owns_count;
};

#endif
