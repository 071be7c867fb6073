# The local stack. RUN_DIR (default .run), PORT_BASE (default 18000) and EDGE_PORT (default 8080) may
# be given to `make up`; the folder remembers them.

export RUN_DIR PORT_BASE EDGE_PORT BUILD

.PHONY: up down reset status logs demo install-packages
up: ## Build and start everything on this machine, wait until it is ready
	@tools/up
down: ## Stop it; the data stay
	@tools/down
reset: ## Stop it and forget its data
	@tools/reset
status: ## What runs
	@tools/status
logs: ## Follow the logs; NAME=accounting for one
	@tail -n 20 -F $(or $(RUN_DIR),.run)/log/$(or $(NAME),*).log
demo: ## Bots trade for a minute on the running stack; ends with the checker
	@tools/demo
install-packages: ## Install the Debian packages to build, run and test
	@tools/install-packages --test
