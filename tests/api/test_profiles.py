"""Handles over HTTP: whose wallet signed has it, and whoever looks can check that."""

import pytest
from eth_account import Account
from eth_account.messages import encode_defunct
from fastapi.testclient import TestClient
from sqlalchemy import Engine, inspect

from api.app import create_app
from tests.api.people import Person, wallet
from tests.api.saying import claim, ok, refused
from tests.api.world import Chain


@pytest.fixture
def ann(client: TestClient) -> Person:
    return Person(client, wallet("ann")).sign_in()


@pytest.fixture
def ben(client: TestClient) -> Person:
    return Person(client, wallet("ben")).sign_in()


def test_handle_is_claimed_by_signature_and_everybody_can_check_it(ann: Person, client: TestClient) -> None:
    made = claim(ann, "AnnaTrades", {"site": "github", "name": "anna"})
    for who in ("annatrades", ann.address, ann.address.lower()):
        assert client.get(f"/v1/profiles/{who}").json() == made
    proof = made["proof"]
    recovered = Account.recover_message(encode_defunct(text=proof["text"]), signature=proof["signature"])
    assert recovered == made["address"] == ann.address
    assert "claims the handle AnnaTrades" in proof["text"]
    assert made["outside"]["name"] == "anna"
    assert proof["signature"] in made["outside"]["post"]
    nobody = wallet("nobody").address
    listed = client.get("/v1/profiles", params={"address": [ann.address, nobody]}).json()["profiles"]
    assert listed == [made]


def test_words_are_changed_and_taken_off_and_the_handle_is_kept(ann: Person, ben: Person) -> None:
    words = {"about": "Ether since 2017.", "links": ["https://example.org/anna"]}
    refused(ann, "PUT", "/profile", words, 409, "no-handle")
    claim(ann, "AnnaTrades")
    changed = ok(ann, "PUT", "/profile", words)
    assert (changed["about"], changed["links"]) == (words["about"], words["links"])
    assert ok(ann, "GET", "/profile") == {"profile": changed, "reserved": ["AnnaTrades"]}
    assert ok(ben, "GET", "/profile") == {"profile": None, "reserved": []}
    ok(ann, "DELETE", "/profile")
    refused(ben, "GET", "/profiles/AnnaTrades", None, 404, "profile-not-found")
    refused(ben, "GET", f"/profiles/{ann.address}", None, 404, "profile-not-found")
    assert ok(ann, "GET", "/profile") == {"profile": None, "reserved": ["AnnaTrades"]}
    refused(ben, "POST", "/profile/claim-texts", {"handle": "AnnaTrade5"}, 409, "name-taken")


def test_what_was_signed_by_another_or_for_another_claims_nothing(ann: Person, ben: Person) -> None:
    wanted = {"handle": "AnnaTrades", "outside": None}
    text = ok(ann, "POST", "/profile/claim-texts", wanted)
    signed = wanted | {"issued": text["issued"], "signature": ben.sign(text["text"])["signature"]}
    refused(ann, "POST", "/profile/handle", signed, 422, "claim-refused")
    own = signed | {"signature": ann.sign(text["text"])["signature"]}
    refused(ben, "POST", "/profile/handle", own, 422, "claim-refused")
    refused(ann, "POST", "/profile/handle", own | {"handle": "AnnaTrade"}, 422, "claim-refused")
    outside = {"outside": {"site": "x", "name": "anna"}}
    refused(ann, "POST", "/profile/handle", own | outside, 422, "claim-refused")
    refused(ann, "POST", "/profile/handle", own | {"issued": text["issued"] - 700}, 422, "claim-refused")
    ok(ann, "POST", "/profile/handle", own)


@pytest.mark.parametrize(
    ("handle", "slug"),
    [
        ("lockstep_team", "name-refused"),
        ("Adm1n", "name-refused"),
        ("\u0430nna", "invalid-request"),
        ("an", "invalid-request"),
        ("a_" * 15, "invalid-request"),
    ],
)
def test_handles_that_deceive_are_refused(ann: Person, handle: str, slug: str) -> None:
    refused(ann, "POST", "/profile/claim-texts", {"handle": handle}, 422, slug)


@pytest.mark.parametrize(
    ("change", "slug"),
    [
        ({"about": "turned\u202eround"}, "text-refused"),
        ({"about": "zero\u0000byte"}, "text-refused"),
        ({"about": "x" * 501}, "invalid-request"),
        ({"links": ["javascript:alert(1)"]}, "invalid-request"),
        ({"links": ["http://example.org"]}, "invalid-request"),
        ({"links": ["https://example.org"] * 6}, "invalid-request"),
        ({"more": 1}, "invalid-request"),
    ],
)
def test_words_that_deceive_are_refused(ann: Person, change: dict[str, object], slug: str) -> None:
    claim(ann, "AnnaTrades")
    refused(ann, "PUT", "/profile", {"about": "", "links": []} | change, 422, slug)


def test_contract_wallet_has_a_handle_by_its_own_word(engine: Engine, chain: Chain) -> None:
    del chain
    account = wallet("multisig")

    class Wallets:
        def signed(self, wallet: str, digest: bytes, signature: bytes) -> bool:
            return wallet == account.address and signature == b"\x01"

    with TestClient(create_app(engine, wallets=Wallets())) as client:
        owner = Person(client, account).sign_in()
        text = ok(owner, "POST", "/profile/claim-texts", {"handle": "Multisig"})
        signed = {"handle": "Multisig", "issued": text["issued"]}
        refused(owner, "POST", "/profile/handle", signed | {"signature": "0x02"}, 422, "claim-refused")
        made = ok(owner, "POST", "/profile/handle", signed | {"signature": "0x01"})
        assert made["proof"]["signature"] == "0x01"


def test_who_only_reads_makes_no_tables(client: TestClient, engine: Engine) -> None:
    for path in (
        "/profiles/AnnaTrades",
        "/annotations?strategy_id=1",
        "/comments?strategy_id=1",
        "/comments/1",
        "/reviews?strategy_id=1",
        "/reviews/1",
        "/social/1",
        "/campaigns/winter24",
    ):
        assert client.get(f"/v1{path}").status_code in {200, 404}, path
    assert not [name for name in inspect(engine).get_table_names() if name.startswith("social")]
