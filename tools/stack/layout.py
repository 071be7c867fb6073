"""Folders, keys, passwords and the environment files of the services.

Keys and passwords are made once and never overwritten: tokens and data of an older run stay valid.
"""

import base64
import secrets
import subprocess

from stack.settings import REPOSITORY, StackError, write_env_file, write_file

FOLDERS = ("log", "pids", "env", "mariadb", "rabbitmq", "nginx", "supervisor", "http")
PRIVATE_FOLDERS = ("keys", "secrets", "signer")

RSA_KEYS = ("jwt",)  # sessions of users: RS256, as the contract has it
# Between services: ES256.
EC_KEYS = ("accounting", "matching", "blockchain", "signer", "event", "management")

PASSWORDS = ("mariadb_accounting", "mariadb_accounting_migrate", "mariadb_checker",
             "mariadb_auth", "mariadb_auth_migrate", "mariadb_blockchain",
             "mariadb_blockchain_migrate", "rabbitmq_accounting", "rabbitmq_matching",
             "rabbitmq_auth", "rabbitmq_blockchain", "rabbitmq_operator", "litecoind",
             "payment_webhook")


def make(settings):
    for name in FOLDERS:
        (settings.run_dir / name).mkdir(exist_ok=True)
    make_secrets(settings)
    write_service_environments(settings)


def make_secrets(settings):
    """Keys, passwords, and the keychain made of them: all that is not configuration."""
    (settings.run_dir / "config").mkdir(exist_ok=True)
    for name in PRIVATE_FOLDERS:
        (settings.run_dir / name).mkdir(mode=0o700, exist_ok=True)
    for name in (*RSA_KEYS, *EC_KEYS):
        make_key(settings, name)
    for name in PASSWORDS:
        path = settings.run_dir / "secrets" / name
        if not path.exists():
            write_file(path, secrets.token_urlsafe(24), 0o600)
    write_management_config(settings)
    write_mailer_config(settings)


def api_socket(settings, service):
    """Where the edge asks a service, when it may enter the folder (edge.py)."""
    return settings.run_dir / "http" / f"{service}.sock"


def key_file(settings, name, kind):
    return settings.run_dir / "keys" / f"{name}.{kind}"


def password(settings, name):
    return (settings.run_dir / "secrets" / name).read_text()


def make_key(settings, name):
    private, public = key_file(settings, name, "key"), key_file(settings, name, "pub")
    algorithm = (["RSA", "-pkeyopt", "rsa_keygen_bits:2048"] if name in RSA_KEYS
                 else ["EC", "-pkeyopt", "ec_paramgen_curve:P-256"])
    if not private.exists():
        pem = openssl("genpkey", "-algorithm", *algorithm)
        write_file(private, pem, 0o600)
        public.unlink(missing_ok=True)
    if not public.exists():
        write_file(public, openssl("pkey", "-in", private, "-pubout"))


def openssl(*arguments):
    done = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, text=True)
    if done.returncode != 0:
        raise StackError(f"openssl {arguments[0]} failed: {done.stderr.strip()}")
    return done.stdout


def write_management_config(settings):
    """The keychains of the management APIs: deploy/config's scopes, and the local signer's key."""
    pem = key_file(settings, "management", "pub").read_bytes()
    for source, target in (("management_api.yml.template", "management_api.yml"),
                           ("auth/management_api.yml.template", "auth_management_api.yml")):
        template = (REPOSITORY / "deploy/config" / source).read_text()
        text = template.replace("${LOCAL_PUBLIC_KEY}", base64.urlsafe_b64encode(pem).decode())
        write_file(settings.run_dir / "config" / target, text)


def write_mailer_config(settings):
    """Which event is sent as which letter, with the keys of those who sign events."""
    text = (REPOSITORY / "deploy/config/mailer.yml.template").read_text()
    for name, key in (("BARONG_PUBLIC_KEY", "jwt"), ("PEATIO_PUBLIC_KEY", "event")):
        pem = key_file(settings, key, "pub").read_bytes()
        text = text.replace(f"${{{name}}}", base64.urlsafe_b64encode(pem).decode())
    write_file(settings.run_dir / "config" / "mailer.yml", text)


def write_service_environments(settings):
    run_dir, ports = settings.run_dir, settings.ports
    socket = run_dir / "mariadb" / "mariadb.sock"
    server = {"DB_SOCKET": socket, "DB_HOST": "127.0.0.1", "DB_PORT": ports["MARIADB_PORT"]}
    database = {**server, "DB_NAME": "bourse_accounting"}

    def broker(user):
        return {"AMQP_HOST": "127.0.0.1", "AMQP_PORT": ports["AMQP_PORT"], "AMQP_VHOST": "/",
                "AMQP_USER": f"bourse_{user}",
                "AMQP_PASSWORD": password(settings, f"rabbitmq_{user}")}

    accounting = {
        "HTTP_HOST": "127.0.0.1", "HTTP_PORT": ports["ACCOUNTING_PORT"],
        "HTTP_SOCKET": api_socket(settings, "accounting"),
        "OPS_HOST": "127.0.0.1", "OPS_PORT": ports["ACCOUNTING_OPS_PORT"],
        **database,
        "DB_USER": "bourse_accounting", "DB_PASSWORD": password(settings, "mariadb_accounting"),
        "DB_MIGRATE_USER": "bourse_accounting_migrate",
        "DB_MIGRATE_PASSWORD": password(settings, "mariadb_accounting_migrate"),
        **broker("accounting"),
        "JWT_PUBLIC_KEY_FILE": key_file(settings, "jwt", "pub"), "JWT_ALGORITHM": "RS256",
        "JWT_ISSUER": "barong", "JWT_AUDIENCE": "peatio,barong",
        "JWKS_URL": f"http://127.0.0.1:{ports['AUTH_PORT']}/.well-known/jwks.json",
        "MINIMUM_MEMBER_LEVEL_FOR_DEPOSIT": 1, "MINIMUM_MEMBER_LEVEL_FOR_WITHDRAW": 3,
        "MINIMUM_MEMBER_LEVEL_FOR_TRADING": 2,
        "MIGRATIONS_DIR": REPOSITORY / "services/accounting/migrations",
        "SERVICE_KEY_FILE": key_file(settings, "accounting", "key"),
        "SERVICE_KEYS": f"matching={key_file(settings, 'matching', 'pub')},"
                        f"blockchain={key_file(settings, 'blockchain', 'pub')}",
        "BLOCKCHAIN_URL": f"http://127.0.0.1:{ports['BLOCKCHAIN_PORT']}",
        "AUTH_URL": f"http://127.0.0.1:{ports['AUTH_PORT']}",
        "SECRET_STORE": "file", "SECRET_FILE": run_dir / "secrets" / "accounting.secrets",
        "SECRET_KEY_FILE": key_file(settings, "accounting_secrets", "key"),
        # Accounts of nobody: the examples of the IBAN registry.
        "PAYMENT_GATEWAY": "local", "PAYMENT_WEBHOOK_SECRET": password(settings, "payment_webhook"),
        "FIAT_ACCOUNTS": "eur=DE89370400440532013000/COBADEFFXXX,"
                         "usd=GB82WEST12345698765432/WESTGB22XXX",
        "FIAT_DEPOSIT_APPROVAL_ABOVE": 1000,
        "EVENT_API_JWT_PRIVATE_KEY_FILE": key_file(settings, "event", "key"),
        "EVENT_API_JWT_ALGORITHM": "ES256",
        "MANAGEMENT_API_CONFIG": run_dir / "config" / "management_api.yml",
        "ABILITIES_FILE": REPOSITORY / "deploy/config/abilities.yml",
        "MIGRATIONS_DIR": REPOSITORY / "services/accounting/migrations",
        "LOG_LEVEL": "info",
    }
    matching = {
        "OPS_HOST": "127.0.0.1", "OPS_PORT": ports["MATCHING_OPS_PORT"],
        "ACCOUNTING_URL": f"http://127.0.0.1:{ports['ACCOUNTING_PORT']}",
        **broker("matching"),
        "MARKETS": "*", "SHARD": 0,
        "SERVICE_KEY_FILE": key_file(settings, "matching", "key"),
        "LOG_LEVEL": "info",
    }
    auth = {
        "HTTP_HOST": "127.0.0.1", "HTTP_PORT": ports["AUTH_PORT"],
        "HTTP_SOCKET": api_socket(settings, "auth"),
        "OPS_HOST": "127.0.0.1", "OPS_PORT": ports["AUTH_OPS_PORT"],
        **server, "DB_NAME": "bourse_auth",
        "DB_USER": "bourse_auth", "DB_PASSWORD": password(settings, "mariadb_auth"),
        "DB_MIGRATE_USER": "bourse_auth_migrate",
        "DB_MIGRATE_PASSWORD": password(settings, "mariadb_auth_migrate"),
        **broker("auth"),
        "DOMAIN": settings.url,
        # Browsers make passkeys for names only, so the front end has to be opened as localhost.
        "WEBAUTHN_RP_ID": "localhost",
        "WEBAUTHN_ORIGINS": f"http://localhost:{settings.edge_port},{settings.url}",
        "JWT_PRIVATE_KEY_FILE": key_file(settings, "jwt", "key"),
        "SERVICE_KEYS": f"accounting={key_file(settings, 'accounting', 'pub')}",
        "JWT_PUBLIC_KEY_FILE": key_file(settings, "jwt", "pub"), "JWT_ALGORITHM": "RS256",
        "JWT_ISSUER": "barong", "JWT_AUDIENCE": "peatio,barong",
        "OAUTH_TEMPLATES_DIR": REPOSITORY / "services/auth/templates/oauth",
        "OAUTH_INSECURE_ALLOWED": "true",  # clients of a local stack are at 127.0.0.1
        "SESSION_SECURE": "false",  # the local edge speaks http
        "MIGRATIONS_DIR": REPOSITORY / "services/auth/migrations",
        "RULES_FILE": REPOSITORY / "deploy/config/auth.yml",
        "AUTHZ_RULES_FILE": REPOSITORY / "deploy/config/authz_rules.yml",
        # tools/token, and the tests' tokens of members that nobody ever signed up.
        "AUTH_EDGE_JWT_ALLOWED": "true",
        "COMMON_PASSWORDS_FILE": REPOSITORY / "deploy/config/common_passwords.txt",
        "SECRET_STORE": "file", "SECRET_FILE": run_dir / "secrets" / "auth.secrets",
        "SECRET_KEY_FILE": key_file(settings, "auth_secrets", "key"),
        "ABILITIES_FILE": REPOSITORY / "deploy/config/auth/abilities.yml",
        "MANAGEMENT_API_CONFIG": run_dir / "config" / "auth_management_api.yml",
        # Everybody here has the address 127.0.0.1.
        "LIMIT_SIGN_IN_ADDRESS": 100000, "LIMIT_SIGN_UP_ADDRESS": 100000,
        "LIMIT_MAIL_ADDRESS": 100000,
        "PASSWORD_HASHES_MAX": 2,
        "LIMIT_SMS_ADDRESS": 100000, "LIMIT_SMS_ALL": 100000,
        "PHONE_VERIFICATION": "outbox", "SMS_DIR": run_dir / "sms",
        "STORAGE_DIR": run_dir / "uploads",
        "SEED_PASSWORDS_FILE": run_dir / "secrets" / "seed_passwords.yml",
        "LOG_LEVEL": "info",
    }
    auth |= {"MAILER_CONFIG": run_dir / "config" / "mailer.yml",
             "MAIL_TEMPLATES_DIR": REPOSITORY / "services/auth/templates/mail"}
    mail = {**auth, "AUTH_ROLE": "mail", "HTTP_SOCKET": "",
            "HTTP_PORT": ports["MAIL_PORT"], "OPS_PORT": ports["MAIL_OPS_PORT"],
            "MAIL_PROVIDER": "outbox", "MAIL_OUTBOX_DIR": run_dir / "mail",
            "SENDER_EMAIL": "noreply@bourse.localhost", "SMTP_TLS": "none",
            "WORKERS": 2, "CONNECTIONS_MAX": 64, "MAILS_PER_MINUTE": 6000}
    checker = {**database, "DB_USER": "bourse_checker",
               "DB_PASSWORD": password(settings, "mariadb_checker")}
    operator = {"DB_SOCKET": socket, "DB_USER": "root", **broker("operator")}
    blockchain = {
        "HTTP_HOST": "127.0.0.1", "HTTP_PORT": ports["BLOCKCHAIN_PORT"],
        "OPS_HOST": "127.0.0.1", "OPS_PORT": ports["BLOCKCHAIN_OPS_PORT"],
        **server, "DB_NAME": "bourse_blockchain",
        "DB_USER": "bourse_blockchain", "DB_PASSWORD": password(settings, "mariadb_blockchain"),
        "DB_MIGRATE_USER": "bourse_blockchain_migrate",
        "DB_MIGRATE_PASSWORD": password(settings, "mariadb_blockchain_migrate"),
        **broker("blockchain"),
        "JWT_PUBLIC_KEY_FILE": key_file(settings, "jwt", "pub"), "JWT_ALGORITHM": "RS256",
        "JWT_ISSUER": "barong", "JWT_AUDIENCE": "peatio,barong",
        "JWKS_URL": f"http://127.0.0.1:{ports['AUTH_PORT']}/.well-known/jwks.json",
        "MIGRATIONS_DIR": REPOSITORY / "services/blockchain/migrations",
        "ACCOUNTING_URL": f"http://127.0.0.1:{ports['ACCOUNTING_PORT']}",
        "SIGNER_URL": f"http://127.0.0.1:{ports['SIGNER_PORT']}",
        "SERVICE_KEY_FILE": key_file(settings, "blockchain", "key"),
        "SERVICE_KEYS": f"accounting={key_file(settings, 'accounting', 'pub')}",
        "EVENT_API_JWT_PRIVATE_KEY_FILE": key_file(settings, "blockchain", "key"),
        "EVENT_API_JWT_ALGORITHM": "ES256",
        # Blocks of a local chain come when somebody wants them: look often.
        "TIP_POLL_MS": 250,
        "LOG_LEVEL": "info",
    }
    signer = {
        "HTTP_HOST": "127.0.0.1", "HTTP_PORT": ports["SIGNER_PORT"],
        "OPS_HOST": "127.0.0.1", "OPS_PORT": ports["SIGNER_OPS_PORT"],
        "SERVICE_KEYS": f"blockchain={key_file(settings, 'blockchain', 'pub')}",
        "POLICY_FILE": REPOSITORY / "deploy/config/signer_policy.yml",
        "AUDIT_FILE": run_dir / "signer" / "audit.jsonl",
        "SECRET_STORE": "file", "SECRET_FILE": run_dir / "secrets" / "signer.secrets",
        "SECRET_KEY_FILE": key_file(settings, "signer_secrets", "key"),
        "LOG_LEVEL": "info",
    }
    for name, pairs in (("accounting", accounting), ("matching", matching), ("auth", auth),
                        ("mail", mail), ("blockchain", blockchain), ("signer", signer),
                        ("checker", checker), ("operator", operator)):
        write_env_file(run_dir / "env" / f"{name}.env", pairs, 0o600)
