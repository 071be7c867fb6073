DEPS := base
LIBS := -lgmp
