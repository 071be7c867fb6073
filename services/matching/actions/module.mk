DEPS := base json contract metrics bus fetch token matching/engine matching/state
