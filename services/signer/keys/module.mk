DEPS := base chain crypto hdkey secret signer/state
