#include "auth/domain/letter.h"

#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "template/template.h"

enum block_kind { BLOCK_PARAGRAPH, BLOCK_LINK, BLOCK_FACTS };

struct block {
    enum block_kind kind;
    struct template *text;    /* the facts: a line each */
    struct template *address; /* of a link */
};

struct letter {
    struct template *subject;
    struct block blocks[LETTER_BLOCKS_MAX];
    size_t count;
};

/* ---- reading ---- */

static bool parse_part(const char *text, size_t length, struct template **ret_template,
                       struct err *err)
{
    return template_parse(text, length, ret_template, err);
}

/* "[label](address)" and nothing else. */
static bool parse_link(const char *text, size_t length, struct block *block, struct err *err)
{
    const char *middle = memmem(text, length, "](", 2);
    if (!middle || text[length - 1] != ')')
        return err_set(err, ERR_CONFIG, "letter: a link is [label](address)");
    const char *address = middle + 2;
    block->kind = BLOCK_LINK;
    return parse_part(text + 1, (size_t)(middle - text - 1), &block->text, err) &&
           parse_part(address, (size_t)(text + length - 1 - address), &block->address, err);
}

/* Lines that begin with "| ", without it. */
static bool parse_facts(const char *text, size_t length, struct block *block, struct err *err)
{
    AUTO(str_release) struct str facts = STR_INIT(LETTER_TEXT_MAX);
    block->kind = BLOCK_FACTS;
    for (const char *line = text, *end = text + length; line < end;) {
        const char *stop = memchr(line, '\n', (size_t)(end - line));
        stop = stop ? stop : end;
        if (stop - line < 3 || strncmp(line, "| ", 2) != 0)
            return err_set(err, ERR_CONFIG, "letter: a fact is a line \"| name: value\"");
        if (facts.length > 0)
            str_add_char(&facts, '\n');
        str_add_bytes(&facts, line + 2, (size_t)(stop - line - 2));
        line = stop + 1;
    }
    return parse_part(str_data(&facts), facts.length, &block->text, err);
}

static bool parse_block(struct letter *letter, const char *text, size_t length, struct err *err)
{
    if (letter->count == LETTER_BLOCKS_MAX)
        return err_set(err, ERR_CONFIG, "letter: more than %d paragraphs", LETTER_BLOCKS_MAX);
    struct block *block = &letter->blocks[letter->count++];
    if (text[0] == '[')
        return parse_link(text, length, block, err);
    if (text[0] == '|')
        return parse_facts(text, length, block, err);
    block->kind = BLOCK_PARAGRAPH;
    return parse_part(text, length, &block->text, err);
}

static bool parse_body(struct letter *letter, const char *body, struct err *err)
{
    while (*body) {
        body += strspn(body, "\n");
        const char *end = strstr(body, "\n\n");
        size_t length = end ? (size_t)(end - body) : strlen(body);
        const char *next = body + length;
        while (length > 0 && body[length - 1] == '\n')
            length--;
        if (length > 0 && !parse_block(letter, body, length, err))
            return false;
        body = next;
    }
    return letter->count > 0 || err_set(err, ERR_CONFIG, "letter: it is empty");
}

bool letter_parse(const char *subject, const char *body, struct letter **ret_letter,
                  struct err *err)
{
    struct letter *letter = calloc(1, sizeof(*letter));
    if (!letter)
        return err_set(err, ERR_INTERNAL, "letter: no memory");
    if (!parse_part(subject, strlen(subject), &letter->subject, err) ||
        !parse_body(letter, body, err)) {
        letter_free(letter);
        return false;
    }
    *ret_letter = letter;
    return true;
}

void letter_free(struct letter *letter)
{
    if (!letter)
        return;
    template_free(letter->subject);
    for (size_t i = 0; i < letter->count; i++) {
        template_free(letter->blocks[i].text);
        template_free(letter->blocks[i].address);
    }
    free(letter);
}

/* ---- values ---- */

void letter_clean(cJSON *values)
{
    for (cJSON *item = values; item; item = item->next) {
        if (cJSON_IsString(item))
            for (unsigned char *c = (unsigned char *)item->valuestring; *c; c++)
                if (*c < 0x20 || *c == 0x7f)
                    *c = ' ';
        letter_clean(item->child); /* as deep as json_read() lets it be */
    }
}

/* ---- filling ---- */

static bool address_is_ours(const char *address, const char *domain)
{
    static const char allowed[] = "-._~:/?#&=%+@!,;";
    size_t length = strlen(domain);
    bool has_scheme = strncmp(domain, "https://", 8) == 0 || strncmp(domain, "http://", 7) == 0;
    if (!has_scheme || strncmp(address, domain, length) != 0 || address[length] != '/')
        return false;
    for (const char *c = address; *c; c++) {
        bool is_word = (*c >= '0' && *c <= '9') || ((*c | 0x20) >= 'a' && (*c | 0x20) <= 'z');
        if (!is_word && !strchr(allowed, *c))
            return false;
    }
    return true;
}

static bool fill_link(const struct block *block, const cJSON *values, const char *label,
                      struct str *text, struct str *html, struct err *err)
{
    AUTO(str_release) struct str address = STR_INIT(LETTER_ADDRESS_MAX);
    const char *domain = json_member_text(values, "domain");
    if (!template_fill(block->address, TEMPLATE_TEXT, values, &address, err))
        return false;
    if (!domain || !address_is_ours(str_data(&address), domain))
        return err_set(err, ERR_INVALID, "letter: a link does not lead to our own domain");
    str_add(text, label);
    str_add(text, ":\n");
    str_add(text, str_data(&address));
    str_add_char(text, '\n');
    str_add(html, "<p><a class=\"button\" href=\"");
    template_escape_html(html, str_data(&address));
    str_add(html, "\">");
    template_escape_html(html, label);
    str_add(html, "</a></p>\n");
    return true;
}

static void add_facts(const char *facts, struct str *html)
{
    AUTO(str_release) struct str line = STR_INIT(LETTER_TEXT_MAX);
    str_add(html, "<p class=\"facts\">");
    for (const char *at = facts; *at;) {
        size_t length = strcspn(at, "\n");
        str_clear(&line);
        str_add_bytes(&line, at, length);
        template_escape_html(html, str_data(&line));
        at += length;
        if (*at) {
            str_add(html, "<br>\n");
            at++;
        }
    }
    str_add(html, "</p>\n");
}

static bool fill_block(const struct block *block, const cJSON *values, struct str *text,
                       struct str *html, struct err *err)
{
    AUTO(str_release) struct str filled = STR_INIT(LETTER_TEXT_MAX);
    if (!template_fill(block->text, TEMPLATE_TEXT, values, &filled, err))
        return false;
    if (block->kind == BLOCK_LINK)
        return fill_link(block, values, str_data(&filled), text, html, err);
    str_add(text, str_data(&filled));
    str_add_char(text, '\n');
    if (block->kind == BLOCK_FACTS) {
        add_facts(str_data(&filled), html);
        return true;
    }
    str_add(html, "<p>");
    template_escape_html(html, str_data(&filled));
    str_add(html, "</p>\n");
    return true;
}

bool letter_fill(const struct letter *letter, const cJSON *values, struct str *subject,
                 struct str *text, struct str *html, struct err *err)
{
    if (!template_fill(letter->subject, TEMPLATE_TEXT, values, subject, err))
        return false;
    for (size_t i = 0; i < letter->count; i++) {
        if (i > 0)
            str_add_char(text, '\n');
        if (!fill_block(&letter->blocks[i], values, text, html, err))
            return false;
    }
    if (!str_ok(subject) || !str_ok(text) || !str_ok(html))
        return err_set(err, ERR_INVALID, "letter: above its bound");
    return true;
}
