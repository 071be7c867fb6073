DEPS := base decimal contract json
LIBS := -lyaml
