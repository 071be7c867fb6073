DEPS := base log bus token crypto json service auth/actions auth/domain auth/store auth/state
