DEPS := base
LIBS := -lrabbitmq
