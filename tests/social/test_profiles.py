"""A handle is whose wallet signed for it, and stays theirs."""

import pytest
from eth_account import Account
from eth_account.messages import encode_defunct
from eth_account.signers.local import LocalAccount

from access.errors import NodeAwayError
from inbox.wallets import NodeWallets
from social.book import Book
from social.claims import Claim, Outside, OutsideSite
from social.errors import (
    BadClaimError,
    BadTextError,
    NameTakenError,
    NoProfileError,
    TooManyPostsError,
)
from social.models import Profile
from social.names import name_of
from tests.access.conftest import Moved

ANNA, MALLORY = (Account.from_key("0x" + key * 32) for key in ("a1", "66"))


def claim_of(who: LocalAccount, handle: str, clock: Moved, outside: Outside | None = None) -> Claim:
    return Claim(str(who.address), name_of(handle), outside, clock() // 1_000_000, "lockstep.example")


def signed(claim: Claim, who: LocalAccount) -> bytes:
    return bytes(who.sign_message(encode_defunct(text=claim.text)).signature)


def claim(book: Book, who: LocalAccount, handle: str, clock: Moved) -> Profile:
    wanted = claim_of(who, handle, clock)
    return book.profiles.claim(wanted, signed(wanted, who), None)


def test_text_names_all_that_is_claimed_and_its_signature_gives_the_handle(book: Book, clock: Moved) -> None:
    wanted = claim_of(ANNA, "AnnaTrades", clock, Outside(OutsideSite.GITHUB, "anna"))
    assert wanted.text == (
        f"lockstep.example: the wallet {ANNA.address} claims the handle AnnaTrades.\n"
        "Known as anna on github.\n"
        "This moves no money and costs nothing.\n\n"
        "Issued At: 2026-05-28T20:26:40Z"
    )
    made = book.profiles.claim(wanted, signed(wanted, ANNA), None)
    assert (made.handle, made.claim, made.outside_name) == ("AnnaTrades", wanted.text, "anna")
    found = book.profiles.by_handle("annatrades")
    assert found is not None
    assert found.address == ANNA.address


def test_another_signer_another_text_and_an_old_one_claim_nothing(book: Book, clock: Moved) -> None:
    wanted = claim_of(ANNA, "AnnaTrades", clock)
    with pytest.raises(BadClaimError):
        book.profiles.claim(wanted, signed(wanted, MALLORY), None)
    with pytest.raises(BadClaimError):
        book.profiles.claim(claim_of(ANNA, "Other", clock), signed(wanted, ANNA), None)
    clock.pass_s(601)
    with pytest.raises(BadClaimError, match="ten minutes"):
        book.profiles.claim(wanted, signed(wanted, ANNA), None)
    assert book.profiles.of(str(ANNA.address)) is None


def test_contract_wallet_claims_by_its_own_word_and_waits_for_its_node(book: Book, clock: Moved) -> None:
    class Wallets:
        def signed(self, wallet: str, digest: bytes, signature: bytes) -> bool:
            return wallet == ANNA.address and signature == b"\x01"

    wanted = claim_of(ANNA, "Multisig", clock)
    with pytest.raises(NodeAwayError):
        book.profiles.claim(wanted, b"\x01", NodeWallets("http://127.0.0.1:9"))
    with pytest.raises(BadClaimError):
        book.profiles.claim(wanted, b"\x02", Wallets())
    assert book.profiles.claim(wanted, b"\x01", Wallets()).signature == "0x01"


def test_what_looks_like_anothers_is_taken_also_after_they_left_it(book: Book, clock: Moved) -> None:
    claim(book, ANNA, "AnnaTrades", clock)
    for alike in ("annatrades", "Anna_Trades", "AnnaTrade5"):
        with pytest.raises(NameTakenError):
            claim(book, MALLORY, alike, clock)
    claim(book, ANNA, "Anna", clock)
    with pytest.raises(NameTakenError):
        claim(book, MALLORY, "AnnaTrades", clock)
    assert book.profiles.by_handle("AnnaTrades") is None
    clock.pass_s(1)
    claim(book, ANNA, "annaTRADES", clock)
    assert book.profiles.reserved(str(ANNA.address)) == ["annaTRADES", "Anna"]


def test_three_handles_are_all_that_one_address_claims(book: Book, clock: Moved) -> None:
    for handle in ("first", "second", "third", "first"):
        claim(book, ANNA, handle, clock)
    with pytest.raises(TooManyPostsError):
        claim(book, ANNA, "fourth", clock)


def test_words_are_changed_and_taken_off_and_the_handle_stays(book: Book, clock: Moved) -> None:
    address = str(ANNA.address)
    with pytest.raises(NoProfileError):
        book.profiles.write(address, "Hello.", [])
    claim(book, ANNA, "AnnaTrades", clock)
    with pytest.raises(BadTextError):
        book.profiles.write(address, "turned\u202eround", [])
    with pytest.raises(BadTextError):
        book.profiles.write(address, "Hello.", ["http://example.org"])
    assert book.profiles.write(address, " Hello. ", ["https://example.org"]).about == "Hello."
    book.profiles.remove(address)
    assert book.profiles.of(address) is None
    assert book.profiles.by_handle("") is None
    with pytest.raises(NoProfileError):
        book.profiles.remove(address)
    with pytest.raises(NameTakenError):
        claim(book, MALLORY, "AnnaTrades", clock)
    assert claim(book, ANNA, "AnnaTrades", clock).about == ""
