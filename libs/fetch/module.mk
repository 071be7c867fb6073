DEPS := base
LIBS := -lcurl
