DEPS := base json fetch crypto log metrics blockchain/state blockchain/domain
