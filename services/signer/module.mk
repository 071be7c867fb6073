DEPS := api crypto secret service signer/http signer/actions signer/domain signer/keys signer/store signer/state
