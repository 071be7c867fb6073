DEPS := base json contract fetch token metrics matching/engine matching/state
