DEPS := base log service json matching/bus matching/actions matching/engine matching/state
