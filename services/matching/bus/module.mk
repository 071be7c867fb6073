DEPS := base log json contract metrics bus service matching/actions matching/engine matching/state
