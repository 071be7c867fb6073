"""The chains of a local stack: litecoind in regtest (Debian) and anvil (npm); or those of docker-compose.yml.

NODES=none leaves them out. A program that can't be had leaves its chain out, with a line that says so:
the rest of the platform needs none of them.
"""

import fcntl
import re
import shutil
import subprocess

from chain.nodes import Ethereum, Litecoin, NodeError
from stack import layout, wait
from stack.settings import REPOSITORY, StackError, write_env_file, write_file

NPM = REPOSITORY / "tools/chain"
ANVIL = NPM / "node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil"
LITECOIND = "/usr/lib/litecoin/litecoind"  # the one of /usr/bin makes files in the home folder
RPC_USER = "bourse"
ANVIL_STATE_SECONDS = 1
NPM_SECONDS = 120

# program: its chain
CHAINS = {"litecoind": "ltc-regtest", "anvil": "eth-anvil"}


def available(settings):
    """The names of the nodes that this stack runs."""
    if settings.in_containers:
        return list(CHAINS)
    if settings.infra_only or settings.choices["NODES"] == "none":
        return []
    return [name for name, there in (("litecoind", shutil.which(LITECOIND)),
                                     ("anvil", shutil.which(ANVIL))) if there]


def fetch(settings):
    """Brings anvil when it is not there, once for all stacks of this tree."""
    if settings.infra_only or settings.choices["NODES"] == "none":
        return
    if not ANVIL.exists():
        with open(NPM / "package-lock.json") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not ANVIL.exists():
                fetch_anvil(settings)
    for name, chain in CHAINS.items():
        if name not in available(settings):
            wait.say(f"{name} is not there: the chain {chain} is switched off")


def fetch_anvil(settings):
    if not shutil.which("npm"):
        wait.say("npm, which brings anvil, is not there")
        return
    wait.say("fetching anvil (npm)")
    log = settings.log("npm")
    with open(log, "w") as output:
        try:
            # Without a network every start comes here: one more try, and not npm's minute of them.
            done = subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund",
                                   "--omit=dev", "--fetch-retries=1", "--fetch-retry-mintimeout=1000"],
                                  cwd=NPM, stdin=subprocess.DEVNULL, stdout=output,
                                  stderr=subprocess.STDOUT, timeout=NPM_SECONDS)
        except subprocess.TimeoutExpired:
            done = None
    if done is None or done.returncode != 0:
        reason = re.search(r"^npm (?:ERR!|error) (request to .*)", log.read_text(errors="replace"), re.MULTILINE)
        wait.say(f"npm could not bring anvil{': ' + reason[1] if reason else ''}; see {log}")


def configure(settings):
    """Configuration and command lines; the data of a node lie in its folder below RUN_DIR."""
    names = available(settings)
    for name in names:
        (settings.run_dir / name).mkdir(exist_ok=True)
    if "litecoind" in names:
        # mweb: after its activation a regtest chain needs a transaction of that kind in each block.
        write_file(settings.run_dir / "litecoind/litecoin.conf", f"""\
regtest=1
server=1
listen=0
dnsseed=0
txindex=1
fallbackfee=0.0001
mempoolreplacement=1
printtoconsole=1
nodebuglogfile=1
rpcuser={RPC_USER}
rpcpassword={layout.password(settings, "litecoind")}
rpcworkqueue=128
[regtest]
connect=0
rpcbind=127.0.0.1
rpcallowip=127.0.0.1
rpcport={settings.ports["LITECOIND_PORT"]}
vbparams=mweb:4000000000:4000000001
""", 0o600)
        write_env_file(settings.run_dir / "env/litecoind.env", {"LITECOIND": LITECOIND})
    if "anvil" in names:
        write_env_file(settings.run_dir / "env/anvil.env", {
            "ANVIL": ANVIL, "PORT": settings.ports["ANVIL_PORT"],
            "STATE_SECONDS": ANVIL_STATE_SECONDS})


def of(settings):
    """The running chains by their keys: {"ltc-regtest": Litecoin, "eth-anvil": Ethereum}."""
    made = {"litecoind": lambda: Litecoin(settings.ports["LITECOIND_PORT"], RPC_USER,
                                          layout.password(settings, "litecoind")),
            "anvil": lambda: Ethereum(settings.ports["ANVIL_PORT"])}
    return {CHAINS[name]: made[name]() for name in available(settings)}


def prepare(settings, key):
    """Wallet, first blocks, the token: a chain that somebody can use."""
    try:
        of(settings)[key].prepare()
    except NodeError as error:
        raise StackError(f"the chain {key} could not be prepared: {error}") from None


def servers(settings):
    """What blockchains.server of accounting has to say, by chain key; empty: no node."""
    names = available(settings)
    if settings.in_containers:
        litecoind, anvil = "litecoind:18017", "anvil:18018"
    else:
        litecoind, anvil = (f"127.0.0.1:{settings.ports[port]}" for port in ("LITECOIND_PORT", "ANVIL_PORT"))
    return {
        "ltc-regtest": f"http://{RPC_USER}:{layout.password(settings, 'litecoind')}@{litecoind}/"
        if "litecoind" in names else "",
        "eth-anvil": f"http://{anvil}/" if "anvil" in names else "",
    }
