DEPS := base log bus token crypto json kycaid service fetch secret mail auth/actions auth/domain auth/store auth/state
