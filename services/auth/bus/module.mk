DEPS := base log bus token crypto json service secret auth/actions auth/domain auth/store auth/state
