/* psbt_order.h: inside sign_psbt. A PSBT as an order: whose inputs they are, and what is paid to whom. */
#ifndef SIGNER_ACTIONS_PSBT_ORDER_H
#define SIGNER_ACTIONS_PSBT_ORDER_H

#include "chain/psbt.h"
#include "signer/actions/sign_psbt.h"
#include "signer/keys/keys.h"

struct psbt_order {
    struct order order;
    struct psbt psbt;
    struct key_place *places; /* of the key that signs each input */
};

/* Everything lives in the arena. */
bool psbt_order_read(struct signer *app, const struct psbt_request *request, struct arena *arena,
                     struct psbt_order *ret_made, struct err *err) MUST_CHECK;

#endif
