DEPS := base decimal json contract crypto iso20022
