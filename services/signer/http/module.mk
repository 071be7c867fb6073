DEPS := api base chain contract crypto http json log metrics token signer/actions signer/domain signer/keys signer/store signer/state
