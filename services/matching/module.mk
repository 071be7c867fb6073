DEPS := service matching/bus matching/actions matching/engine matching/state
