#include "accounting/actions/address_check.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "accounting/domain/beneficiary.h"
#include "accounting/peers/peers.h"
#include "accounting/state/config.h"
#include "accounting/store/withdraws.h"
#include "base/auto.h"
#include "json/read.h"

enum { PATH_MAX_BYTES = 1024, STATUS_OK = 200, STATUS_INVALID = 422 };

DEFINE_AUTO(cJSON, cJSON_Delete);

static void add_encoded(struct str *path, const char *text)
{
    for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
        if (isalnum(*c) || *c == '-' || *c == '_' || *c == '.')
            str_add_char(path, (char)*c);
        else
            str_add_format(path, "%%%02X", *c);
    }
}

/* Why not, or NULL. The text is in the arena or lives for ever. */
static const char *refusal_of(const struct outgoing *outgoing, const cJSON *answer)
{
    const char *purpose = json_member_text(answer, "purpose");
    const char *reason = json_member_text(answer, "reason");
    if (!cJSON_IsTrue(json_member(answer, "valid"))) {
        const char *kept = reason && *reason ? arena_strdup(outgoing->arena, reason) : NULL;
        return kept ? kept : "invalid";
    }
    bool is_ours = cJSON_IsTrue(json_member(answer, "ours"));
    if (is_ours && (!purpose || strcmp(purpose, "deposit") != 0))
        return "own_wallet";
    if (!is_ours && cJSON_IsTrue(json_member(answer, "is_contract")) &&
        strcmp(outgoing->app->config->beneficiary_contracts, "allow") != 0)
        return "contract";
    return NULL;
}

static bool answer_read(const struct outgoing *outgoing, const char *blockchain_key,
                        const char *address, const struct str *text,
                        struct address_check *ret_check, struct err *err)
{
    AUTO_FREE(cJSON_Delete) cJSON *answer = NULL;
    bool is_wallet = false;
    if (!json_read(str_data(text), text->length, &answer, err))
        return err_set(err, ERR_PEER_UNAVAILABLE, "the gateway's answer about an address is none");
    ret_check->reason = refusal_of(outgoing, answer);
    ret_check->canonical = address;
    if (ret_check->reason)
        return true;
    const char *canonical = json_member_text(answer, "canonical");
    if (canonical && *canonical && strlen(canonical) < BENEFICIARY_ADDRESS_MAX / 2) {
        const char *tag = strchr(address, '?');
        char whole[2 * BENEFICIARY_ADDRESS_MAX];
        snprintf(whole, sizeof(whole), "%s%s", canonical, tag ? tag : "");
        ret_check->canonical = arena_strdup(outgoing->arena, whole);
        if (!ret_check->canonical)
            return err_set(err, ERR_BUSY, "no memory for an address");
        address = canonical;
    }
    /* The gateway knows the addresses of its keys; cold wallets are in our table alone. */
    if (!wallet_address_exists(outgoing->db, blockchain_key, address, &is_wallet, err))
        return false;
    if (is_wallet)
        ret_check->reason = "own_wallet";
    return true;
}

bool address_check(const struct outgoing *outgoing, const char *blockchain_key, const char *address,
                   struct address_check *ret_check, struct err *err)
{
    AUTO(str_release) struct str path = STR_INIT(PATH_MAX_BYTES);
    AUTO(str_release) struct str text = STR_INIT(PEER_ANSWER_BYTES_MAX);
    char plain[BENEFICIARY_ADDRESS_MAX];
    long status;
    beneficiary_plain_address(address, plain);
    if (plain[0] == '\0') {
        *ret_check = (struct address_check){.canonical = address, .reason = "invalid"};
        return true;
    }
    str_add(&path, "/internal/chains/");
    add_encoded(&path, blockchain_key);
    str_add(&path, "/addresses/");
    add_encoded(&path, plain);
    if (!str_ok(&path))
        return err_set(err, ERR_INVALID, "the address is too long");
    const struct peer_request request = {.peer = PEER_BLOCKCHAIN, .path = str_data(&path)};
    if (!peer_call(outgoing->app->peers, &request, &status, &text, err))
        return false;
    if (status == STATUS_INVALID) {
        *ret_check = (struct address_check){.canonical = address, .reason = "invalid"};
        return true;
    }
    if (status != STATUS_OK)
        return err_set(err, ERR_PEER_UNAVAILABLE, "the gateway can't look at an address: %ld",
                       status);
    return answer_read(outgoing, blockchain_key, address, &text, ret_check, err);
}
