DEPS := base json chain
