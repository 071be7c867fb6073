DEPS := base log bus token crypto json service fetch secret mail auth/actions auth/domain auth/store auth/state
