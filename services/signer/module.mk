DEPS := api secret service signer/http signer/actions signer/domain signer/store signer/state
