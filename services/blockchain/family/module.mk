DEPS := base json fetch crypto chain metrics blockchain/state blockchain/domain blockchain/evm
