"""Restrictions by country and continent with a database file in MaxMind's format, through the edge
(reference barong.md §2.10, §7.8)."""

import pytest
import requests

from applicant import Applicant
from doors import Guest, passed, refused
from test_authz import restrictions
from world import WORLD

import mmdb

pytestmark = pytest.mark.outage
MARKETS = f"http://127.0.0.1:{WORLD.edge_port}/api/v2/peatio/public/markets"
BALANCES = "peatio/account/balances"
TOKYO, LONDON, NOWHERE = "203.0.113.9", "198.51.100.9", "192.0.2.9"


@pytest.fixture(scope="module", autouse=True)
def places(stack, tmp_path_factory):
    """Who comes to the edge of a test comes from this machine: it is in Japan."""
    path = tmp_path_factory.mktemp("places") / "countries.mmdb"
    mmdb.write(path, {"203.0.113.0/26": ("JP", "Japan", "AS", "Asia"),
                      "127.0.0.0/8": ("JP", "Japan", "AS", "Asia"),
                      "198.51.100.0/24": ("GB", "United Kingdom", "EU", "Europe")})
    with WORLD.service_with("auth", MAXMINDDB_PATH=path):
        yield


def of_edge():
    answer = requests.get(MARKETS, timeout=10)
    return answer.status_code, answer.json() if answer.status_code != 200 else None


@pytest.mark.parametrize("scope, value", [("country", "japan"), ("country", "Japan"),
                                          ("country", "JP"), ("continent", "ASIA"),
                                          ("continent", "as")])
def test_a_place_is_closed_at_the_edge_by_its_name_or_code(scope, value):
    assert of_edge() == (200, None)
    with restrictions(("blacklist", scope, value, None, "enabled")):
        assert of_edge() == (423, {"errors": ["authz.restrict.blacklist"]})
        # A header of the client moves nobody.
        answer = requests.get(MARKETS, headers={"X-Forwarded-For": LONDON}, timeout=10)
        assert answer.status_code == 423


def test_other_places_and_unknown_ones_are_not_meant():
    with restrictions(("blacklist", "country", "United Kingdom", None, "enabled"),
                      ("blacklist", "continent", "Africa", None, "enabled"),
                      ("blacklist", "country", "Jap", None, "enabled")):
        assert of_edge() == (200, None)
        passed(Guest.made(ip=TOKYO).enter().ask("GET", BALANCES))
        passed(Guest.made(ip=NOWHERE).enter().ask("GET", BALANCES))
        refused(Guest.made(ip=LONDON).enter().ask("GET", BALANCES), "authz.restrict.blacklist",
                423)


def test_own_codes_whitelists_and_maintenance_of_a_place():
    with restrictions(("blacklist", "continent", "Asia", 451, "enabled")):
        assert of_edge()[0] == 451
    with restrictions(("blacklist", "country", "Japan", None, "enabled"),
                      ("whitelist", "ip_subnet", "127.0.0.0/8", None, "enabled")):
        assert of_edge() == (200, None)
    with restrictions(("maintenance", "country", "Japan", None, "enabled"),
                      ("blacklist", "country", "Japan", None, "enabled")):
        assert of_edge() == (471, {"errors": ["authz.restrict.maintenance"]})
    with restrictions(("blocklogin", "country", "Japan", 425, "enabled")):
        assert of_edge() == (200, None)
        assert Applicant().try_sign_in().status_code == 425


def test_the_log_names_the_country():
    anna = Applicant().sign_up()
    (row,) = WORLD.sql("SELECT a.user_ip_country FROM bourse_auth.activities a"
                       " JOIN bourse_auth.users u ON u.id = a.user_id"
                       " WHERE u.email = %s AND a.action = 'signup'", anna.email)
    assert row == ("Japan",)
