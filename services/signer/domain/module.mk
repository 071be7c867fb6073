DEPS := base json chain crypto token signer/state
