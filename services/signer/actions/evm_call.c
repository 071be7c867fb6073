#include "signer/actions/evm_call.h"

#include <string.h>

#include "chain/erc20.h"

/* What the bytes pay: the native coin, or a token by exactly transfer(address,uint256). */
static bool evm_decode(const struct evm_call *call, char ret_contract[static POLICY_ADDRESS_SIZE],
                       char ret_to[static POLICY_ADDRESS_SIZE], struct u256 *ret_units,
                       struct err *err)
{
    struct evm_address to;
    if (call->data.length == 0) {
        ret_contract[0] = '\0';
        evm_address_text(call->to, ret_to);
        *ret_units = call->value;
        return true;
    }
    if (!u256_is_zero(call->value))
        return refuse(err, RULE_KEY("data"), "a call that carries native coins");
    if (!erc20_transfer_parse(call->data, &to, ret_units))
        return refuse(err, RULE_KEY("data"), "a call that is no transfer of a token");
    evm_address_text(call->to, ret_contract);
    evm_address_text(to, ret_to);
    return true;
}

bool evm_call_compare(const struct evm_call *call, const struct payment *payment,
                      const char *contract, struct err *err)
{
    char real_contract[POLICY_ADDRESS_SIZE], real_to[POLICY_ADDRESS_SIZE];
    struct u256 real_units;
    if (!evm_decode(call, real_contract, real_to, &real_units, err))
        return false;
    if (strcmp(real_contract, contract) != 0)
        return refuse(err, RULE_KEY("outputs"), "%s: the transaction is of another asset",
                      payment->payout_id);
    if (strcmp(real_to, payment->to) != 0)
        return refuse(err, RULE_KEY("outputs"), "%s: the transaction pays %s", payment->payout_id,
                      real_to);
    if (u256_cmp(real_units, payment->units) != 0)
        return refuse(err, RULE_KEY("outputs"), "%s: the transaction pays another amount",
                      payment->payout_id);
    return true;
}
