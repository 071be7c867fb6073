# make chaos SEED=n MINUTES=m: real processes, killed, paused and robbed of their messages.

SEED ?= 1
MINUTES ?= 10
.PHONY: chaos
chaos: services ## Kill, pause and rob a stack under load: SEED=n MINUTES=m
	tests/chaos/chaos.py --seed $(SEED) --minutes $(MINUTES)
