#include "accounting/domain/beneficiary.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/auto.h"
#include "json/field.h"
#include "json/read.h"

enum { MASK_FIRST = 2, MASK_LAST = 4, FULL_NAME_MAX = 160 };

DEFINE_AUTO(cJSON, cJSON_Delete);

/* ---- states ---- */

static const char *const state_words[BENEFICIARY_STATES_COUNT] = {
    [BENEFICIARY_PENDING] = "pending",
    [BENEFICIARY_ACTIVE] = "active",
    [BENEFICIARY_ARCHIVED] = "archived",
    [BENEFICIARY_AML_PROCESSING] = "aml_processing",
    [BENEFICIARY_AML_SUSPICIOUS] = "aml_suspicious",
};

static const char *const event_words[BENEFICIARY_EVENTS_COUNT] = {
    [BENEFICIARY_DO_ACTIVATE] = "activate",
    [BENEFICIARY_DO_ENABLE] = "enable",
    [BENEFICIARY_DO_AML_SUSPICIOUS] = "aml_suspicious",
    [BENEFICIARY_DO_ARCHIVE] = "archive",
};

static const struct {
    enum beneficiary_event event;
    enum beneficiary_state from, to;
} moves[] = {
    {BENEFICIARY_DO_ACTIVATE, BENEFICIARY_PENDING, BENEFICIARY_ACTIVE},
    {BENEFICIARY_DO_ENABLE, BENEFICIARY_AML_PROCESSING, BENEFICIARY_ACTIVE},
    {BENEFICIARY_DO_AML_SUSPICIOUS, BENEFICIARY_AML_PROCESSING, BENEFICIARY_AML_SUSPICIOUS},
    {BENEFICIARY_DO_ARCHIVE, BENEFICIARY_PENDING, BENEFICIARY_ARCHIVED},
    {BENEFICIARY_DO_ARCHIVE, BENEFICIARY_ACTIVE, BENEFICIARY_ARCHIVED},
    {BENEFICIARY_DO_ARCHIVE, BENEFICIARY_AML_PROCESSING, BENEFICIARY_ARCHIVED},
    {BENEFICIARY_DO_ARCHIVE, BENEFICIARY_AML_SUSPICIOUS, BENEFICIARY_ARCHIVED},
};

const char *beneficiary_state_word(enum beneficiary_state state)
{
    assert(state < BENEFICIARY_STATES_COUNT);
    return state_words[state];
}

bool beneficiary_state_of(const char *word, enum beneficiary_state *ret_state)
{
    for (size_t i = 0; i < BENEFICIARY_STATES_COUNT; i++)
        if (strcmp(state_words[i], word) == 0) {
            *ret_state = (enum beneficiary_state)i;
            return true;
        }
    return false;
}

bool beneficiary_event_of(const char *word, enum beneficiary_event *ret_event)
{
    for (size_t i = 0; i < BENEFICIARY_EVENTS_COUNT; i++)
        if (strcmp(event_words[i], word) == 0) {
            *ret_event = (enum beneficiary_event)i;
            return true;
        }
    return false;
}

bool beneficiary_move(struct beneficiary *row, enum beneficiary_event event, struct err *err)
{
    for (size_t i = 0; i < ARRAY_LEN(moves); i++)
        if (moves[i].event == event && moves[i].from == row->state) {
            row->state = moves[i].to;
            return true;
        }
    return err_set(err, ERR_STATE_CONFLICT, "beneficiary %lu is %s: no %s", (unsigned long)row->id,
                   beneficiary_state_word(row->state), event_words[event]);
}

/* ---- data ---- */

static bool object_read(const char *json, cJSON **ret_root, struct err *err)
{
    if (!json_read(json, strlen(json), ret_root, err))
        return false;
    if (cJSON_IsObject(*ret_root))
        return true;
    cJSON_Delete(*ret_root);
    *ret_root = NULL;
    return err_set(err, ERR_INVALID, "data is no object");
}

static bool is_blank(const char *text)
{
    return !text || text[strspn(text, " \t\r\n")] == '\0';
}

/* Replaces or adds a text. */
static bool set_text(cJSON *object, const char *key, const char *text)
{
    cJSON *item = cJSON_CreateString(text);
    if (!item)
        return false;
    if (cJSON_GetObjectItemCaseSensitive(object, key)
            ? cJSON_ReplaceItemInObjectCaseSensitive(object, key, item)
            : cJSON_AddItemToObject(object, key, item))
        return true;
    cJSON_Delete(item);
    return false;
}

static bool address_read(cJSON *root, struct str *ret_address, struct err *err)
{
    static const char forbidden[] = "<>',[]}{\")(*&^%$#\\`~@";
    const char *address = json_member_text(root, "address");
    if (is_blank(address))
        return err_set(err, ERR_NOT_FOUND, "no address in data");
    for (const char *c = address; *c; c++)
        if (!isspace((unsigned char)*c))
            str_add_char(ret_address, *c);
    const char *kept = str_data(ret_address);
    if (!str_ok(ret_address) || ret_address->length >= BENEFICIARY_ADDRESS_MAX)
        return err_set(err, ERR_INVALID, "the address is too long");
    for (const char *c = kept; *c; c++)
        if ((unsigned char)*c >= 0x7f || (unsigned char)*c < 0x20 || strchr(forbidden, *c))
            return err_set(err, ERR_INVALID, "a character that no address has");
    return set_text(root, "address", kept) || err_set(err, ERR_BUSY, "no memory for data");
}

bool beneficiary_data_read(const char *json, bool is_coin, struct str *out, struct str *ret_address,
                           struct err *err)
{
    AUTO_FREE(cJSON_Delete) cJSON *root = NULL;
    if (!object_read(json, &root, err))
        return false;
    if (is_coin && !address_read(root, ret_address, err))
        return false;
    const char *full_name = json_member_text(root, "full_name");
    if (!is_coin && is_blank(full_name))
        return err_set(err, ERR_NOT_FOUND, "no full_name in data");
    if (!is_coin && strlen(full_name) > FULL_NAME_MAX)
        return err_set(err, ERR_INVALID, "full_name is too long");
    json_write_tree(root, out);
    return (str_ok(out) && out->length <= BENEFICIARY_DATA_BYTES_MAX) ||
           err_set(err, ERR_INVALID, "data is too long");
}

bool beneficiary_data_with_address(const char *json, const char *address, struct str *out)
{
    AUTO_FREE(cJSON_Delete) cJSON *root = NULL;
    struct err ignored; /* it was read before */
    if (!object_read(json, &root, &ignored) || !set_text(root, "address", address))
        return false;
    json_write_tree(root, out);
    return str_ok(out);
}

void beneficiary_data_address(const char *json, struct str *out)
{
    AUTO_FREE(cJSON_Delete) cJSON *root = NULL;
    struct err ignored;
    const char *address = NULL;
    if (object_read(json, &root, &ignored))
        address = json_member_text(root, "address");
    str_add(out, address ? address : "");
}

static void mask(char *text)
{
    size_t length = strlen(text);
    for (size_t i = MASK_FIRST; i + MASK_LAST < length; i++)
        text[i] = '*';
}

bool beneficiary_data_masked(const char *json, struct str *out)
{
    static const char key[] = "account_number";
    AUTO_FREE(cJSON_Delete) cJSON *root = NULL;
    AUTO(str_release) struct str shown = STR_INIT(BENEFICIARY_DATA_BYTES_MAX);
    struct err ignored;
    if (!object_read(json, &root, &ignored))
        return false;
    const cJSON *number = json_member(root, key);
    if (cJSON_IsString(number) || cJSON_IsNumber(number)) {
        str_add(&shown, number->valuestring);
        if (!str_ok(&shown) || !str_reserve(&shown, 1))
            return false;
        mask(shown.data);
        if (!set_text(root, key, str_data(&shown)))
            return false;
    } else if (number) {
        cJSON_DeleteItemFromObjectCaseSensitive(root, key);
    }
    json_write_tree(root, out);
    return str_ok(out);
}

bool beneficiary_fiat_rid(const char *json, const char *currency_id, uint64_t id, struct str *out)
{
    AUTO_FREE(cJSON_Delete) cJSON *root = NULL;
    struct err ignored;
    if (!object_read(json, &root, &ignored))
        return false;
    const char *name = json_member_text(root, "full_name");
    if (is_blank(name))
        return false;
    bool between = false;
    for (const char *c = name; *c; c++) {
        if (isspace((unsigned char)*c)) {
            between = out->length > 0;
            continue;
        }
        if (between)
            str_add_char(out, '-');
        between = false;
        str_add_char(out, (char)tolower((unsigned char)*c));
    }
    str_add_format(out, "-%s-%08lu", currency_id, (unsigned long)id);
    return str_ok(out);
}

void beneficiary_plain_address(const char *address, char ret_plain[static BENEFICIARY_ADDRESS_MAX])
{
    size_t length = strcspn(address, "?");
    if (length >= BENEFICIARY_ADDRESS_MAX)
        length = BENEFICIARY_ADDRESS_MAX - 1;
    memcpy(ret_plain, address, length);
    ret_plain[length] = '\0';
}
