DEPS := base chain contract crypto json metrics secret token signer/domain signer/keys signer/store signer/state
