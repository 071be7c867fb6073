DEPS := base crypto json fetch
LIBS :=
