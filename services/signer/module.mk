DEPS := api chain coldfile crypto json secret service token signer/http signer/actions signer/domain signer/keys signer/store signer/state
