DEPS := base
LIBS := -lqrencode
