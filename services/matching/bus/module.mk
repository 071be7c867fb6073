DEPS := base log bus contract metrics json matching/actions matching/engine matching/state
