DEPS := base chain contract crypto json metrics secret token signer/domain signer/store signer/state
