"""What operators do at a shell: the first administrator, sessions, the import of a Barong dump."""

import crypt
import secrets
import subprocess

import requests

from members import people
from staff import sql, staff
from world import REPOSITORY, WORLD

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
            "CREATE TABLE `profiles` (`id` int);\nINSERT INTO `profiles` VALUES (1),(2);\n"
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
