DEPS := base decimal
LIBS := -lyaml
