DEPS := base decimal
LIBS := -lcjson
