DEPS := base crypto json signer/state
