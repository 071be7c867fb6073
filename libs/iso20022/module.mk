DEPS := base decimal
LIBS := -lexpat
