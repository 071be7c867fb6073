#include "auth/state/mail_texts.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "auth/domain/letter.h"
#include "auth/domain/mail_condition.h"
#include "base/auto.h"
#include "template/template.h"
#include "yaml/yaml_tree.h"

enum { WHAT_BYTES_MAX = 1024 };

struct named_letter {
    const char *name; /* in the tree */
    struct letter *letter;
};

struct language {
    struct tree_node *tree; /* owns the words and the names */
    struct template *footer;
    struct named_letter letters[MAIL_LETTERS_MAX];
    size_t count;
};

struct mail_texts {
    struct language languages[MAIL_LANGUAGES_MAX];
    size_t count;
    struct template *layout_text, *layout_html;
};

void mail_form_init(struct mail_form *form)
{
    form->subject = STR_INIT(LETTER_SUBJECT_MAX);
    form->text = STR_INIT(MAIL_FORM_MAX);
    form->html = STR_INIT(MAIL_FORM_MAX);
}

void mail_form_release(struct mail_form *form)
{
    str_release(&form->subject);
    str_release(&form->text);
    str_release(&form->html);
}

/* ---- reading ---- */

static bool read_letter(struct language *language, const struct tree_node *node, struct err *err)
{
    const char *subject = tree_text(tree_member(node, "subject"));
    const char *body = tree_text(tree_member(node, "body"));
    if (!subject || !body)
        return tree_fail(node, err, "a letter has a subject and a body");
    if (language->count == MAIL_LETTERS_MAX)
        return tree_fail(node, err, "more than %d letters", MAIL_LETTERS_MAX);
    struct letter *letter = NULL;
    if (!letter_parse(subject, body, &letter, err)) {
        struct err why = *err;
        return tree_fail(node, err, "%s", why.what);
    }
    language->letters[language->count++] = (struct named_letter){tree_key(node), letter};
    return true;
}

static bool read_language(struct language *language, const char *path, struct err *err)
{
    if (!tree_read_file(path, &language->tree, err))
        return false;
    const char *footer = tree_text(tree_member(language->tree, "footer"));
    if (!footer)
        return err_set(err, ERR_CONFIG, "%s: no footer", path);
    if (!template_parse(footer, strlen(footer), &language->footer, err))
        return err_wrap(err, "%s: footer", path);
    TREE_EACH(node, tree_member(language->tree, "letters"))
    if (!read_letter(language, node, err))
        return false;
    return true;
}

static const struct letter *letter_find(const struct language *language, const char *name)
{
    for (size_t i = 0; i < language->count; i++)
        if (strcmp(language->letters[i].name, name) == 0)
            return language->letters[i].letter;
    return NULL;
}

/* Each language has what the first has, letters and words. */
static bool compare(const struct mail_texts *texts, const char *const *codes, struct err *err)
{
    const struct language *first = &texts->languages[0];
    for (size_t i = 1; i < texts->count; i++) {
        const struct language *other = &texts->languages[i];
        for (size_t j = 0; j < first->count; j++)
            if (!letter_find(other, first->letters[j].name))
                return err_set(err, ERR_CONFIG, "mail: no letter %s in %s", first->letters[j].name,
                               codes[i]);
        TREE_EACH(word, tree_member(first->tree, "words"))
        if (!tree_text(tree_member(tree_member(other->tree, "words"), tree_key(word))))
            return err_set(err, ERR_CONFIG, "mail: no word %s in %s", tree_key(word), codes[i]);
    }
    return true;
}

static bool read_all(struct mail_texts *texts, const char *folder, const char *const *codes,
                     size_t count, struct err *err)
{
    char path[PATH_MAX];
    for (size_t i = 0; i < count; i++) {
        snprintf(path, sizeof(path), "%s/%s.yml", folder, codes[i]);
        texts->count++;
        if (!read_language(&texts->languages[i], path, err))
            return false;
    }
    snprintf(path, sizeof(path), "%s/layout.txt", folder);
    if (!template_open(path, &texts->layout_text, err))
        return false;
    snprintf(path, sizeof(path), "%s/layout.html", folder);
    return template_open(path, &texts->layout_html, err) && compare(texts, codes, err);
}

bool mail_texts_open(const char *folder, const char *const *codes, size_t count,
                     struct mail_texts **ret_texts, struct err *err)
{
    assert(count > 0 && count <= MAIL_LANGUAGES_MAX);
    struct mail_texts *texts = calloc(1, sizeof(*texts));
    if (!texts)
        return err_set(err, ERR_INTERNAL, "mail: no memory");
    if (!read_all(texts, folder, codes, count, err)) {
        mail_texts_free(texts);
        return false;
    }
    *ret_texts = texts;
    return true;
}

void mail_texts_free(struct mail_texts *texts)
{
    if (!texts)
        return;
    for (size_t i = 0; i < texts->count; i++) {
        struct language *language = &texts->languages[i];
        for (size_t j = 0; j < language->count; j++)
            letter_free(language->letters[j].letter);
        template_free(language->footer);
        tree_free(language->tree);
    }
    template_free(texts->layout_text);
    template_free(texts->layout_html);
    free(texts);
}

bool mail_texts_has(const struct mail_texts *texts, const char *letter)
{
    return letter_find(&texts->languages[0], letter) != NULL;
}

/* ---- filling ---- */

static bool add_text(cJSON *values, const char *name, const char *text, struct err *err)
{
    cJSON_DeleteItemFromObjectCaseSensitive(values, name);
    return cJSON_AddStringToObject(values, name, text) != NULL ||
           err_set(err, ERR_INTERNAL, "mail: no memory");
}

/* The value in the words of the language; as it is, when it has no word for it. */
static const char *word_of(const struct language *language, const cJSON *value)
{
    const char *text = cJSON_IsString(value) ? value->valuestring : "";
    const char *word = tree_text(tree_member(tree_member(language->tree, "words"), text));
    return word ? word : text;
}

/* What happened, in a sentence of the language: by the label ("otp:enabled"), else by the event's key
 * ("user.passkey.created"). */
static void add_what(const struct language *language, const cJSON *values, struct str *out)
{
    const struct tree_node *words = tree_member(language->tree, "words");
    const cJSON *key = mail_member(values, "record.key"),
                *value = mail_member(values, "record.value");
    const char *name = json_member_text(values, "event_name");
    const char *dot = name ? strchr(name, '.') : NULL;
    if (cJSON_IsString(key) && cJSON_IsString(value)) {
        str_add(out, key->valuestring);
        str_add_char(out, ':');
        str_add(out, value->valuestring);
    } else {
        str_add(out, dot ? dot + 1 : "");
    }
    const char *sentence = tree_text(tree_member(words, str_data(out)));
    if (sentence) {
        str_clear(out);
        str_add(out, sentence);
    }
}

static bool add_words(const struct language *language, cJSON *values, struct err *err)
{
    const cJSON *state = mail_member(values, "record.value");
    if (!state)
        state = mail_member(values, "record.state");
    AUTO(str_release) struct str what = STR_INIT(WHAT_BYTES_MAX);
    add_what(language, values, &what);
    return add_text(values, "event_word", str_data(&what), err) &&
           add_text(values, "key_word", word_of(language, mail_member(values, "record.key")),
                    err) &&
           add_text(values, "state_word", word_of(language, state), err);
}

static bool lay(const struct template *layout, enum template_escape escape, cJSON *values,
                struct str *body, struct err *err)
{
    AUTO(str_release) struct str whole = STR_INIT(MAIL_FORM_MAX);
    if (!add_text(values, "body", str_data(body), err) ||
        !template_fill(layout, escape, values, &whole, err))
        return false;
    if (!str_ok(&whole))
        return err_set(err, ERR_INVALID, "mail: above its bound");
    str_clear(body);
    str_add_bytes(body, str_data(&whole), whole.length);
    return true;
}

bool mail_texts_fill(const struct mail_texts *texts, size_t number, const char *name, cJSON *values,
                     struct mail_form *form, struct err *err)
{
    AUTO(str_release) struct str footer = STR_INIT(MAIL_FORM_MAX);
    assert(number < texts->count);
    const struct language *language = &texts->languages[number];
    const struct letter *letter = letter_find(language, name);
    if (!letter)
        return err_set(err, ERR_NOT_FOUND, "mail: no letter %s", name);
    return add_words(language, values, err) &&
           letter_fill(letter, values, &form->subject, &form->text, &form->html, err) &&
           template_fill(language->footer, TEMPLATE_TEXT, values, &footer, err) &&
           add_text(values, "footer", str_data(&footer), err) &&
           add_text(values, "subject", str_data(&form->subject), err) &&
           lay(texts->layout_text, TEMPLATE_TEXT, values, &form->text, err) &&
           lay(texts->layout_html, TEMPLATE_HTML, values, &form->html, err);
}
