DEPS := api base chain crypto http json log metrics token signer/actions signer/domain signer/store signer/state
