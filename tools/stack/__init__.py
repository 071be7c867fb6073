"""The local stack: everything that `make up` makes and starts lives below one folder, .run/.

settings.py     where it lives, which ports it takes; what is remembered in .run/stack.env
layout.py       folders, keys, passwords, the environment files of the services
mariadb.py      its configuration, data folder, users
nodes.py        litecoind and anvil: the chains (chain/nodes.py speaks with them)
rabbitmq.py     its configuration, users, permissions
edge.py         nginx, from the template that the containers use too
supervisor.py   the processes under supervisord (each started by tools/stack/run)
wait.py         waiting for something, with a reason to show when it does not come
up.py down.py   the two stories that use all of the above
"""
