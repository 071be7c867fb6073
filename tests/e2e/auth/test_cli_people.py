"""What operators do at a shell: the first administrator, sessions, the import of a Barong dump."""

import base64
import crypt
import hashlib
import secrets
import subprocess
from pathlib import Path

import requests
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from members import people
from staff import sql, staff, superadmin
from test_vault import secrets_of_file
from world import REPOSITORY, WORLD

from vault import Vault

WORLD_SEEDS = REPOSITORY / "deploy/seed/auth/permissions.yml"
SESSIONS = f"http://127.0.0.1:{WORLD.edge_port}/api/v2/barong/identity/sessions"


def run(*arguments, text=""):
    return subprocess.run([WORLD.binaries / "bourse-auth", *arguments], input=text, text=True,
                          capture_output=True, timeout=60, env={**WORLD.env("auth")})


def sign_in(email, password):
    return requests.post(SESSIONS, json={"email": email, "password": password}, timeout=30)


def test_create_an_administrator_who_signs_in(stack):
    email, password = f"op{secrets.token_hex(4)}@example.com", "Quite-Long_Secret-91"
    done = run("--create-admin", email, text=password + "\n")
    assert done.returncode == 0, done.stderr
    answer = sign_in(email, password)
    assert answer.status_code == 200, answer.text
    assert (answer.json()["role"], answer.json()["state"]) == ("superadmin", "active")
    assert password not in done.stdout + done.stderr

    uid = answer.json()["uid"]
    listed = run("--sessions", uid)
    assert listed.returncode == 0 and len(listed.stdout.splitlines()) == 1
    assert run("--end-sessions", uid).returncode == 0
    assert run("--sessions", uid).stdout == ""


def test_create_an_administrator_refusals(stack):
    taken = people()["admin"]["email"]
    for email, text in ((taken, "Quite-Long_Secret-91\n"), ("nonsense", "Quite-Long_Secret-91\n"),
                        ("x@example.com", "weak\n"), ("x@example.com", "")):
        done = run("--create-admin", email, text=text)
        assert done.returncode == 1 and done.stderr, email
    assert run("--end-sessions", "ID0000000000").returncode == 1


def dump(rows, more=""):
    users = ",".join("(%s)" % ",".join(map(str, row)) for row in rows)
    return ("-- MariaDB dump 10.19\n"
            "CREATE TABLE `labels` (\n  `id` bigint(20) NOT NULL,\n  `user_id` bigint(20),\n"
            "  `key` varchar(255),\n  `value` varchar(255),\n  `scope` varchar(255),\n"
            "  `description` varchar(255),\n  PRIMARY KEY (`id`)\n);\n" + more +
            "CREATE TABLE `activities` (`id` int);\nINSERT INTO `activities` VALUES (1),(2);\n"
            "CREATE TABLE `users` (\n  `id` bigint(20) NOT NULL,\n  `uid` varchar(255),\n"
            "  `email` varchar(255),\n  `password_digest` varchar(255),\n  `role` varchar(255),\n"
            "  `data` text,\n  `level` int,\n  `otp` tinyint(1),\n  `state` varchar(255),\n"
            "  `referral_id` bigint(20),\n  `created_at` datetime\n);\n"
            f"INSERT INTO `users` VALUES {users};\n")


def test_import_a_barong_dump(stack, tmp_path):
    password = "Ancient-Secret-77"
    digest = crypt.crypt(password, "$2a$10$" + secrets.token_hex(11))
    known = staff()
    uids = ["ID" + secrets.token_hex(5).upper() for _ in range(2)]
    emails = [f"{uid.lower()}@example.com" for uid in uids]
    rows = [(7, f"'{uids[0]}'", f"'{emails[0]}'", f"'{digest}'", "'member'",
             "'{\\\"language\\\":\\\"de\\\"}'", 1, 0, "'active'", 9, "'2020-01-02 03:04:05'"),
            (8, f"'{known.uid}'", f"'{known.email}'", f"'{digest}'", "'superadmin'", "NULL", 3, 0,
             "'active'", "NULL", "'2020-01-02 03:04:05'"),
            (9, f"'{uids[1]}'", f"'{emails[1]}'", f"'{digest}'", "'trader'", "NULL", 0, 1,
             "'pending'", "NULL", "'2020-01-02 03:04:05'")]
    labels = ("INSERT INTO `labels` VALUES (1,7,'email','verified','private',NULL),"
              "(2,8,'email','verified','private',NULL),(3,7,'note','it-s','public','it\\'s');\n")
    file = tmp_path / "barong.sql"
    file.write_text(dump(rows, labels))
    done = run("--import-barong", str(file))
    assert done.returncode == 0, done.stderr
    assert "users: 2 added, 1 here already, 1 of the new ones need --reset-factors" in done.stdout
    assert "labels: 2," in done.stdout and "log): 2" in done.stdout

    answer = sign_in(emails[0], password)
    assert answer.status_code == 200, answer.text
    shown = answer.json()
    assert (shown["uid"], shown["referral_uid"], shown["level"]) == (uids[0], uids[1], 1)
    assert shown["data"] == '{"language":"de"}'
    assert shown["created_at"] == "2020-01-02T03:04:05Z"
    # Whoever was here stays who he is: a dump makes nobody an administrator.
    assert known.row("role") == "member" and known.row("password_digest") == ""
    assert sql("SELECT COUNT(*) FROM {}.labels WHERE user_id = %s", known.id) == ((0,),)
    # Without a seed the second factor lets nobody in by the password alone.
    assert sign_in(emails[1], password).json() == {"errors": ["identity.session.missing_otp"]}

    again = run("--import-barong", str(file))
    assert again.returncode == 0 and "users: 0 added, 3 here already" in again.stdout


# ---- what Barong sealed ----

LOG_ROWS = "INSERT INTO `activities` VALUES (1),(2);\n"
SECRET_KEY_BASE = secrets.token_hex(32)


def marshalled(text):
    data = text.encode()
    assert len(data) < 123
    return b'\x04\x08I"' + bytes([len(data) + 5]) + data + b"\x06:\x06ET"


def sealed(text, week="202023"):
    """As Barong writes a column, from its reference (barong.md §2.16)."""
    key = hashlib.pbkdf2_hmac("sha1", SECRET_KEY_BASE.encode(), week.encode(), 65536, 32)
    nonce = secrets.token_bytes(12)
    piece = AESGCM(key).encrypt(nonce, marshalled(text), b"")
    parts = (base64.b64encode(part).decode() for part in (piece[:-16], nonce, piece[-16:]))
    return f"'{week}.{'--'.join(parts)}'"


def sealed_dump(vault, secret):
    uid, phone = "ID" + secrets.token_hex(5).upper(), f"4474180{secrets.randbelow(90000) + 10000}"
    kid = secrets.token_hex(8)
    row = (7, f"'{uid}'", f"'{uid.lower()}@example.com'",
           f"'{crypt.crypt('x', '$2a$04$' + secrets.token_hex(11))}'", "'member'", "NULL", 1, 0,
           "'active'", "NULL", "'2020-01-02 03:04:05'")
    cipher = vault.encrypt("barong_apikeys_secret",
                           {"plaintext": base64.b64encode(secret.encode())})["ciphertext"]
    rows = ("INSERT INTO `apikeys` (`id`,`key_holder_account_id`,`key_holder_account_type`,`kid`,"
            "`algorithm`,`scope`,`secret_encrypted`,`state`) VALUES"
            f" (1,7,'User','{kid}','HS256','---\\n- trade\\n- read\\n','{cipher}','active'),"
            f"(2,1,'ServiceAccount','{kid[::-1]}','HS256','---\\n- frob\\n','{cipher}',"
            "'active');\n"
            "INSERT INTO `documents` (`id`,`user_id`,`upload`,`doc_type`,`doc_expire`,"
            "`doc_number_encrypted`,`doc_issue`,`doc_category`,`identificator`,`metadata`) VALUES"
            f" (41,7,'My Pass.JPEG','Passport','2031-02-03',{sealed('AA-77-01')},NULL,"
            "'front_side','abc','{}'),(42,7,'bill.pdf','Address',NULL,NULL,NULL,NULL,NULL,NULL),"
            "(43,7,'page.svg','Passport',NULL,NULL,NULL,NULL,NULL,NULL);\n"
            "INSERT INTO `phones` (`id`,`user_id`,`country`,`number_encrypted`,`validated_at`)"
            f" VALUES (1,7,'GB',{sealed(phone)},'2020-02-03 04:05:06');\n"
            "INSERT INTO `profiles` (`id`,`user_id`,`first_name_encrypted`,`last_name_encrypted`,"
            "`dob_encrypted`,`address_encrypted`,`postcode`,`city`,`country`,`state`) VALUES"
            f" (1,7,{sealed('Zoë')},{sealed('Berg')},{sealed('1985-12-10', '202123')},NULL,"
            "'SW1Y','London','GB',3);\n"
            "INSERT INTO `service_accounts` (`id`,`uid`,`owner_id`,`email`,`role`,`level`,`state`)"
            f" VALUES (1,'SI{uid[2:]}',7,'si.{uid.lower()}@example.com','sa_maker',1,'active');\n")
    return uid, phone, kid, dump([row], rows).replace(LOG_ROWS, "")


def imported(file, **settings):
    done = subprocess.run([WORLD.binaries / "bourse-auth", "--import-barong", str(file)], text=True,
                          capture_output=True, timeout=60, env={**WORLD.env("auth"), **settings})
    return done


def test_what_barong_sealed_is_opened_with_its_keys_and_sealed_with_ours(stack, tmp_path):
    secret, file = secrets.token_hex(16), tmp_path / "barong.sql"
    with Vault() as vault:
        _, phone, kid, text = sealed_dump(vault, secret)
        file.write_text(text)
        vault.put("bourse/keyring", secrets_of_file()["keyring"])
        done = imported(file, SECRET_STORE="vault", VAULT_ADDR=vault.url, VAULT_TOKEN=vault.token,
                        BARONG_SECRET_KEY_BASE=SECRET_KEY_BASE)
        assert done.returncode == 0, done.stderr
        assert ("profiles: 1, phones: 1, documents: 2, service accounts: 1, API keys: 2, whose "
                "scope opens nothing: 1") in done.stdout
        assert "log): 1" in done.stdout  # the picture of a kind that is not shown
        ((ours, scope, state, owner),) = sql(
            "SELECT secret, scope, state, user_id FROM {}.api_keys WHERE kid = %s", kid)
        assert (scope, state) == ("trade,read", "active")
        # Under our key, for this row alone.
        context = base64.b64encode(f"api_keys.secret/{kid}/user/{owner}".encode())
        clear = vault.decrypt("bourse_credentials", {"ciphertext": ours,
                                                     "associated_data": context})
        assert base64.b64decode(clear["plaintext"]).decode() == secret
        # The account of a program, its owner, and what signs for it.
        assert sql("SELECT s.owner_id, s.role, s.level, s.state, k.scope FROM {0}.api_keys k JOIN"
                   " {0}.service_accounts s ON s.id = k.service_account_id WHERE k.kid = %s",
                   kid[::-1]) == ((owner, "sa_maker", 1, "active", "frob"),)
    documents = sql("SELECT upload, doc_type, doc_number, doc_category, identificator FROM"
                    " {}.documents WHERE user_id = %s ORDER BY id", owner)
    assert [row[:2] + row[3:] for row in documents] == [
        ("documents/barong/41.jpg", "Passport", "front_side", "abc"),
        ("documents/barong/42.pdf", "Address", None, "barong-42")]
    assert documents[0][2] and "AA-77-01" not in documents[0][2] and documents[1][2] is None
    rows = sql("SELECT first_name, dob, state FROM {}.profiles WHERE user_id = %s", owner)
    assert rows[0][2] == "verified" and "Zo" not in rows[0][0] and "1985" not in rows[0][1]
    assert secret not in done.stdout + done.stderr and phone not in done.stdout + done.stderr


def test_what_no_key_opens_is_counted_and_a_wrong_key_leaves_nothing(stack, tmp_path):
    file = tmp_path / "barong.sql"
    uid, _, kid, text = sealed_dump(Vault(), secrets.token_hex(16))
    file.write_text(text)
    wrong = imported(file, BARONG_SECRET_KEY_BASE="another")
    assert wrong.returncode == 1 and "another SECRET_KEY_BASE" in wrong.stderr
    assert sql("SELECT COUNT(*) FROM {}.users WHERE uid = %s", uid) == ((0,),)
    done = imported(file)
    assert done.returncode == 0, done.stderr
    assert "profiles: 0, phones: 0, documents: 0, service accounts: 1, API keys: 0" in done.stdout
    assert "log): 7" in done.stdout
    assert sql("SELECT COUNT(*) FROM {}.api_keys WHERE kid = %s", kid) == ((0,),)


def test_profiles_and_phones_open_without_a_vault(stack, tmp_path):
    file = tmp_path / "barong.sql"
    uid, phone, _, text = sealed_dump(Vault(), secrets.token_hex(16))
    file.write_text(text)
    done = imported(file, BARONG_SECRET_KEY_BASE=SECRET_KEY_BASE)
    assert done.returncode == 0, done.stderr
    assert "profiles: 1, phones: 1, documents: 2, service accounts: 1, API keys: 0" in done.stdout
    shown = superadmin().get(f"/admin/users/{uid}").json()
    (profile,), (number,) = shown["profiles"], shown["phones"]
    assert (profile["first_name"], profile["last_name"], profile["dob"], profile["city"]) == (
        "Zoë", "Berg", "1985-12-10", "London")
    assert (number["number"], number["country"]) == (phone, "GB")
    passport, address = shown["documents"]
    assert (passport["doc_number"], passport["doc_expire"]) == ("AA-77-01", "2031-02-03")
    # The file is where the operator copies it to; a name that the user gave is nowhere.
    store = Path(WORLD.env("auth")["STORAGE_DIR"]) / "documents/barong"
    store.mkdir(parents=True, exist_ok=True)
    (store / "41.jpg").write_bytes(b"a picture of before")
    file = requests.get(passport["upload"]["url"], timeout=30)
    assert (file.status_code, file.content) == (200, b"a picture of before"), passport
    assert address["doc_number"] is None
    # A second time everything is here already.
    again = imported(tmp_path / "barong.sql", BARONG_SECRET_KEY_BASE=SECRET_KEY_BASE)
    assert again.returncode == 0 and "documents: 0, service accounts: 0" in again.stdout


def test_a_broken_dump_leaves_nothing(stack, tmp_path):
    uid = "ID" + secrets.token_hex(5).upper()
    good = (1, f"'{uid}'", f"'{uid.lower()}@example.com'",
            f"'{crypt.crypt('x', '$2a$04$' + secrets.token_hex(11))}'", "'member'", "NULL", 0, 0,
            "'active'", "NULL", "NULL")
    bad = (2, "'IDX'", "'x@example.com'", "'plain'", "'member'", "NULL", 0, 0, "'active'", "NULL",
           "NULL")
    file = tmp_path / "barong.sql"
    file.write_text(dump([good, bad]))
    done = run("--import-barong", str(file))
    assert done.returncode == 1 and "no bcrypt digest" in done.stderr
    assert sql("SELECT COUNT(*) FROM {}.users WHERE uid = %s", uid) == ((0,),)
    assert run("--import-barong", str(tmp_path / "none")).returncode == 1


def test_the_permission_table_is_replaced_at_once_or_not_at_all(stack, tmp_path):
    seeds = WORLD_SEEDS.read_text()
    before = sql("SELECT COUNT(*) FROM {}.permissions")[0][0]
    file = tmp_path / "permissions.yml"
    for text in (seeds + "- {role: member, verb: frob, path: x, action: accept}\n",
                 "- {role: member, verb: get, path: x, action: accept}\n", "{}\n"):
        file.write_text(text)
        done = run("--import-permissions", str(file))
        assert done.returncode == 1 and done.stderr
        assert sql("SELECT COUNT(*) FROM {}.permissions")[0][0] == before
    done = run("--import-permissions", str(WORLD_SEEDS))
    assert done.returncode == 0, done.stderr
    count = sql("SELECT COUNT(*) FROM {}.permissions")[0][0]
    assert done.stdout == f"{count} permissions\n" and count >= 170
