DEPS := base json log metrics http
