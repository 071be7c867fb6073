/* mail_rules.c: the questions. mail_rules_read.c reads the file. */
#include "auth/state/mail_rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "auth/state/mail_rules_private.h"
#include "base/auto.h"
#include "template/template.h"

const struct mail_event *mail_rules_events(const struct mail_rules *rules, size_t *ret_count)
{
    *ret_count = rules->events_count;
    return rules->events;
}

void mail_rules_free(struct mail_rules *rules)
{
    if (!rules)
        return;
    for (size_t i = 0; i < MAIL_KEYS_MAX; i++)
        token_keys_free(rules->keys[i]);
    for (size_t i = 0; i < rules->owns_count; i++) {
        template_free(rules->owns[i].subject);
        template_free(rules->owns[i].text);
        template_free(rules->owns[i].html);
    }
    mail_texts_free(rules->texts);
    arena_free(rules->arena);
    tree_free(rules->tree);
    free(rules);
}

/* ---- messages ---- */

bool mail_rules_verify(const struct mail_rules *rules, int64_t now_us, const char *text,
                       size_t length, const char **ret_signer, struct str *json, struct err *err)
{
    const struct token_rules token_rules = {.leeway_s = INT32_MAX,
                                            .issued_at_leeway_s = CLOCKS_APART_S,
                                            .expiry_required = true,
                                            .jti_required = true};
    struct err why;
    err_set(&why, ERR_UNAUTHENTICATED, "mail: no key of a signer");
    for (size_t i = 0; i < MAIL_KEYS_MAX && rules->keys[i]; i++) {
        uint32_t signers = 0;
        size_t before = json->length;
        if (!token_verify_general(rules->keys[i], rules->signers, &token_rules, now_us, text,
                                  length, &signers, json, &why)) {
            if (why.code != ERR_UNAUTHENTICATED)
                break;
            continue; /* a former key of this signer may fit */
        }
        for (size_t signer = 0; signer < rules->signers_count; signer++)
            if (signers == 1u << signer) {
                *ret_signer = rules->signers[signer];
                return true;
            }
        json->length = before;
        err_set(&why, ERR_UNAUTHENTICATED, "mail: signed by none or by several");
    }
    *err = why;
    return false;
}

static const char *last_word(const char *exchange)
{
    const char *dot = strrchr(exchange, '.');
    return dot ? dot + 1 : exchange;
}

static bool is_named(const struct mail_event *row, const char *name)
{
    const char *category = last_word(row->exchange);
    size_t length = strlen(category);
    return strncmp(name, category, length) == 0 && name[length] == '.' &&
           strcmp(name + length + 1, row->key) == 0;
}

const struct mail_event *mail_rules_find(const struct mail_rules *rules, const char *signer,
                                         const cJSON *event)
{
    const char *name = json_member_text(event, "name");
    if (!name)
        return NULL;
    for (size_t i = 0; i < rules->events_count; i++) {
        const struct mail_event *row = &rules->events[i];
        if (strcmp(row->signer, signer) == 0 && is_named(row, name) &&
            mail_condition_holds(row->condition, event))
            return row;
    }
    return NULL;
}

/* ---- languages and texts ---- */

size_t mail_rules_language(const struct mail_rules *rules, const char *code)
{
    for (size_t i = 0; code && i < rules->languages_count; i++)
        if (strcasecmp(rules->languages[i], code) == 0)
            return i;
    return 0;
}

const char *mail_rules_language_code(const struct mail_rules *rules, size_t language)
{
    assert(language < rules->languages_count);
    return rules->languages[language];
}

static const struct own_template *own_find(const struct mail_rules *rules,
                                           const struct mail_event *event, size_t language)
{
    for (size_t i = 0; i < rules->owns_count; i++)
        if (rules->owns[i].event == event && rules->owns[i].language == language)
            return &rules->owns[i];
    return NULL;
}

static bool fill_own(const struct own_template *own, const cJSON *values, struct mail_form *form,
                     struct err *err)
{
    if (!template_fill(own->subject, TEMPLATE_TEXT, values, &form->subject, err) ||
        !template_fill(own->html, TEMPLATE_HTML, values, &form->html, err) ||
        (own->text && !template_fill(own->text, TEMPLATE_TEXT, values, &form->text, err)))
        return false;
    return (str_ok(&form->subject) && str_ok(&form->html) && str_ok(&form->text)) ||
           err_set(err, ERR_INVALID, "mail: above its bound");
}

bool mail_rules_fill(const struct mail_rules *rules, const struct mail_event *event,
                     size_t language, cJSON *values, struct mail_form *form, struct err *err)
{
    const struct own_template *own = own_find(rules, event, language);
    if (!own && !event->letter)
        own = own_find(rules, event, 0);
    if (own)
        return fill_own(own, values, form, err);
    if (!event->letter)
        return err_set(err, ERR_NOT_FOUND, "mail: %s has no template", event->name);
    return mail_texts_fill(rules->texts, language, event->letter, values, form, err);
}
