DEPS := base chain json
