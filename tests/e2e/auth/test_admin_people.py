"""The admin API of auth about people: users, labels, profiles, comments."""

import secrets
import time

import pytest

from administrator import NOBODY, PROFILE, done, file_profile
from members import errors
from staff import label, sql, staff, superadmin


@pytest.fixture(scope="module")
def boss(stack):
    return superadmin()


@pytest.fixture
def user(stack):
    return staff()


# ---- users ----

def test_users_are_filtered_ordered_and_paged(boss):
    state = "s" + secrets.token_hex(4)
    people = [staff(state=state, level=n) for n in range(3)]
    uids = [person.uid for person in people]

    def listed(**params):
        return [row["uid"] for row in boss.get("/admin/users", state=state, **params).json()]

    assert listed() == uids
    assert listed(ordering="desc") == uids[::-1]
    assert listed(order_by="level", ordering="desc") == uids[::-1]
    assert listed(level=1) == [uids[1]]
    assert listed(uid=uids[2], first_name="ignored") == [uids[2]]
    assert listed(email=people[0].email.upper()) == [uids[0]]
    assert listed(role="admin") == []
    assert listed(country="de") == []
    now = int(time.time())
    assert listed(**{"from": now - 60, "to": now + 60}) == uids
    assert listed(**{"range": "updated", "to": now - 3600}) == []

    page = boss.get("/admin/users", state=state, limit=2, page=2)
    assert [row["uid"] for row in page.json()] == uids[2:]
    assert (page.headers["Total"], page.headers["Per-Page"], page.headers["Page"]) == ("3", "2",
                                                                                       "2")
    assert page.links["prev"]["url"] == f"/api/v2/barong/admin/users?state={state}&limit=2&page=1"
    assert "next" not in page.links


@pytest.mark.parametrize("params, codes", [
    ({"ordering": "up"}, ["user.ordering.invalid_ordering"]),
    ({"order_by": "password_digest"}, ["user.ordering.invalid_attribute"]),
    ({"extended": "maybe"}, ["admin.user.non_boolean_extended"]),
    ({"range": "deleted"}, ["admin.user.invalid_range"]),
    ({"page": "x"}, ["non_integer_page", "non_positive_page"]),
    ({"page": "0"}, ["non_positive_page"]),
    ({"limit": "101"}, ["invalid_limit"]),
    ({"limit": "x"}, ["non_integer_limit", "invalid_limit"]),
])
def test_bad_filters(boss, params, codes):
    assert errors(boss.get("/admin/users", **params)) == codes


def test_nothing_of_a_user_but_his_row_is_in_a_plain_list(boss, user):
    (row,) = boss.get("/admin/users", uid=user.uid).json()
    assert {"email", "uid", "role", "level", "otp", "state", "referral_uid", "data",
            "username"} <= set(row)
    assert "password_digest" not in row and "labels" not in row


def test_one_user(boss, user):
    label(user, "email", "verified")
    shown = boss.get(f"/admin/users/{user.uid}").json()
    assert shown["uid"] == user.uid and shown["labels"][0]["key"] == "email"
    assert "description" in shown["labels"][0]
    for part in ("profiles", "phones", "documents", "data_storages", "comments"):
        assert shown[part] == []
    assert errors(boss.get(f"/admin/users/{NOBODY}"), 404) == ["admin.user.doesnt_exist"]


def test_update_takes_exactly_one(boss, user):
    for body in ({}, {"state": "banned", "otp": False}):
        assert errors(boss.post("/admin/users/update", uid=user.uid, **body)) == [
            "admin.user.one_of_state_otp"]
        assert errors(boss.put("/admin/users", uid=user.uid, **body)) == [
            "admin.user.one_of_state_otp_email"]
    assert errors(boss.post("/admin/users/update", state="banned")) == [
        "admin.user.missing_uid", "admin.user.empty_uid"]


def test_update_refusals(boss, user):
    admin = staff("admin")
    put = "/admin/users"
    assert errors(boss.put(put, uid=NOBODY, state="banned"), 404) == ["admin.user.doesnt_exist"]
    assert errors(admin.put(put, uid=boss.uid, state="banned")) == [
        "admin.user.superadmin_change"]
    assert errors(boss.put(put, uid=boss.uid, state="banned")) == ["admin.user.update_himself"]
    assert errors(boss.put(put, uid=user.uid, otp=True)) == ["admin.user.enable_2fa"]
    assert errors(boss.put(put, uid=user.uid, otp=False)) == ["admin.user.otp_no_change"]
    assert errors(boss.put(put, uid=user.uid, state="so bad")) == ["state.invalid"]
    assert errors(admin.put(put, uid=user.uid, email="new@example.com")) == [
        "superadmin.user.update_email"]
    assert errors(boss.put(put, uid=user.uid, email=user.email)) == ["admin.user.email_no_change"]
    assert errors(boss.put(put, uid=user.uid, email="nonsense")) == ["email.invalid"]
    assert errors(boss.put(put, uid=user.uid, email=boss.email)) == ["email.taken"]
    assert (user.row("state"), user.row("email")) == ("active", user.email)


def test_roles(boss, user):
    admin = staff("admin")
    role = "/admin/users/role"
    assert errors(boss.post(role, uid=user.uid, role="member")) == ["admin.user.role_no_change"]
    assert errors(boss.post(role, uid=user.uid, role="no-such")) == ["role.doesnt_exist"]
    assert errors(boss.post(role, uid=boss.uid, role="member")) == ["admin.user.update_himself"]
    assert errors(admin.post(role, uid=boss.uid, role="member")) == [
        "admin.user.superadmin_change"]
    # Who is no superadmin makes none: not of himself (above), and not of a friend.
    assert errors(admin.post(role, uid=user.uid, role="superadmin")) == [
        "admin.user.superadmin_change"]
    done(admin.post(role, uid=user.uid, role="trader"))
    assert user.row("role") == "trader"


def test_taking_the_second_factor_takes_its_label(boss, user):
    label(user, "email", "verified")
    label(user, "otp", "enabled")
    sql("UPDATE {}.users SET otp = TRUE WHERE id = %s", user.id)
    done(boss.put("/admin/users", uid=user.uid, otp=False))
    keys = [row[0] for row in sql("SELECT `key` FROM {}.labels WHERE user_id = %s", user.id)]
    assert keys == ["email"] and user.row("otp") == 0


# ---- labels ----

def test_private_labels_move_level_and_state(boss):
    person = staff(state="pending", level=0)
    for key, level in (("email", 1), ("phone", 2), ("document", 3)):
        done(boss.post("/admin/users/labels", uid=person.uid, key=key, value="verified",
                       scope="private"))
        assert person.row("level") == level
    assert person.row("state") == "active"
    done(boss.put("/admin/users/labels", uid=person.uid, key="phone", value="rejected",
                  scope="private"))
    assert person.row("level") == 1
    done(boss.delete("/admin/users/labels", uid=person.uid, key="email", scope="private"))
    assert (person.row("level"), person.row("state")) == (0, "pending")


def test_label_refusals(boss, user):
    body = {"uid": user.uid, "key": "vip", "value": "yes", "scope": "public"}
    post, update = "/admin/users/labels", "/admin/users/labels/update"
    assert errors(boss.put(post, **body), 404) == ["admin.label.doesnt_exist"]
    assert errors(boss.post(update, **body, replace=False), 404) == ["admin.label.doesnt_exist"]
    assert errors(boss.delete(post, uid=user.uid, key="vip", scope="public"), 404) == [
        "admin.label.doesnt_exist"]
    done(boss.post(update, **body, description="for now"))
    assert errors(boss.post(post, **body)) == ["key.taken"]
    assert errors(boss.post(post, **{**body, "key": "a"})) == ["key.too_short"]
    assert errors(boss.post(post, **{**body, "key": "other", "value": "b@d"})) == [
        "value.invalid"]
    assert errors(boss.post(post, **{**body, "value": "b@d", "description": "d" * 256})) == [
        "key.taken", "value.invalid", "description.too_long"]
    assert errors(boss.put(post, **body, description="d" * 256)) == ["description.too_long"]
    assert errors(boss.post(update, **body, replace="maybe")) == [
        "admin.user.non_boolean_replace"]
    assert errors(boss.post(post, **{**body, "uid": NOBODY}), 404) == ["admin.user.doesnt_exist"]
    assert errors(staff("admin").post(post, **{**body, "uid": boss.uid})) == [
        "admin.user.superadmin_change"]
    done(boss.post(update, **{**body, "value": "not"}))
    assert sql("SELECT value, description FROM {}.labels WHERE user_id = %s", user.id) == (
        ("not", None),)


def test_users_by_label_and_how_many_have_each(boss, user):
    value = "v" + secrets.token_hex(4)
    label(user, "vip", value, "public")
    label(user, "tier", value)
    (row,) = boss.get("/admin/users/labels", key="vip", value=value).json()
    assert row["uid"] == user.uid
    counts = boss.get("/admin/users/labels/list").json()
    assert counts[f'["tier", "{value}"]'] == 1
    assert f'["vip", "{value}"]' not in counts


def test_pending_documents_wait_in_order(boss):
    people = [staff() for _ in range(2)]
    for person, value in zip(people, ("replaced", "pending")):
        label(person, "document", value)
    sql("UPDATE {}.labels SET updated_at = '2001-01-01' WHERE user_id = %s AND `key` = 'document'",
        people[1].id)
    listed = [row["uid"] for row in boss.get("/admin/users/documents/pending").json()]
    assert listed.index(people[1].uid) < listed.index(people[0].uid)
    (shown,) = boss.get("/admin/users/documents/pending", uid=people[0].uid,
                        extended=True).json()
    assert shown["labels"][0]["value"] == "replaced"


# ---- profiles, comments, storages ----

def test_profiles_are_clear_for_administrators(boss, user):
    file_profile(boss, user)
    (extended,) = boss.get("/admin/users", uid=user.uid, extended=True).json()
    assert extended["profiles"][0]["last_name"] == "Lovelace"
    assert boss.get(f"/admin/users/{user.uid}").json()["profiles"][0]["dob"] == "1985-12-10"
    first = boss.get("/admin/profiles", limit=1)
    assert first.json()[0]["last_name"] == "Lovelace" and int(first.headers["Total"]) >= 1
    assert [row["uid"] for row in boss.get("/admin/users", uid=user.uid, country="GB").json()] == [
        user.uid]
    rows = sql("SELECT `key`, value, scope FROM {}.labels WHERE user_id = %s", user.id)
    assert rows == (("profile", "submitted", "private"),)
    # Sealed at rest, and not told by the log.
    stored = sql("SELECT last_name, dob FROM {}.profiles WHERE user_id = %s", user.id)[0]
    assert "Lovelace" not in str(stored) and "1985" not in str(stored)
    logged = sql("SELECT data FROM {}.activities WHERE target_uid = %s", user.uid)
    assert logged and "Lovelace" not in str(logged)


def test_profile_refusals(boss, user):
    path = "/admin/profiles"
    assert errors(boss.put(path, uid=user.uid, state="verified"), 404) == [
        "admin.profiles.doesnt_exist_or_not_editable"]
    assert errors(boss.put(path, uid=NOBODY, state="verified"), 404) == ["admin.user.doesnt_exist"]
    assert errors(boss.post(path, uid=NOBODY), 404) == ["admin.user.doesnt_exist"]
    assert errors(boss.put(path, uid=user.uid, state="submitted")) == ["value"]
    file_profile(boss, user)
    assert errors(boss.post(path, uid=user.uid, **PROFILE)) == ["state.exists"]
    assert errors(staff("admin").put(path, uid=boss.uid, state="verified")) == [
        "admin.profiles.superadmin_change"]


def test_comment_refusals(boss, user):
    path = "/admin/users/comments"
    assert errors(boss.post(path, uid=user.uid, title="t" * 65, data="d")) == [
        "admin.comments.title_too_long"]
    assert errors(boss.post(path, uid=user.uid, title="t", data="d" * 65536)) == [
        "admin.comments.data_too_long"]
    assert errors(boss.post(path, uid=NOBODY, title="t", data="d"), 404) == [
        "admin.user.doesnt_exist"]
    assert errors(boss.put(path, id=999999999, title="t"), 404) == ["record.not_found"]
    assert errors(boss.delete(path, id=999999999), 404) == ["record.not_found"]
    assert errors(boss.delete("/admin/users/data_storage", uid=user.uid, title="none"), 404) == [
        "admin.storage.doesnt_exist"]
