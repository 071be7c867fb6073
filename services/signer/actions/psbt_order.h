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

/* The first key that the input says to be its, which is ours and is what the spent output asks for. */
bool psbt_input_place(struct keys *keys, const struct coin_params *coin, const struct psbt *psbt,
                      size_t at, const struct coin_output *spent, bool *ret_is_ours,
                      struct key_place *ret_place, struct err *err) MUST_CHECK;

#endif
