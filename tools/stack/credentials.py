"""The seeded people: .run/credentials.json, made from deploy/seed/members.yml and kept."""

import json
import secrets

import yaml

from stack.settings import REPOSITORY, write_file


def path(settings):
    return settings.run_dir / "credentials.json"


def seeded_members():
    return yaml.safe_load((REPOSITORY / "deploy/seed/members.yml").read_text())


def write(settings):
    known = {}
    if path(settings).exists():
        old = json.loads(path(settings).read_text())
        known = {one["uid"]: one["password"] for one in (old["admin"], *old["traders"])}
    people = {"admin": None, "traders": []}
    for member in seeded_members():
        entry = {"uid": member["uid"], "email": member["email"],
                 "password": known.get(member["uid"]) or secrets.token_urlsafe(15)}
        if member["role"] == "superadmin":
            people["admin"] = entry
        else:
            people["traders"].append(entry)
    # What --seed of auth gives them, so that they can sign in.
    write_file(settings.run_dir / "secrets" / "seed_passwords.yml", yaml.safe_dump(
        {one["email"]: one["password"] for one in (people["admin"], *people["traders"])}), 0o600)
    write_file(path(settings), json.dumps({"url": settings.url, **people}, indent=2) + "\n", 0o600)
