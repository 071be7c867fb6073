DEPS := base decimal json
LIBS := -lcjson
