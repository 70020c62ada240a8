"""Signing in with a wallet: the session is in a cookie that no script reads, and ends when told to."""

from playwright.sync_api import Page, expect

from benchmarks.web.place import Place
from benchmarks.web.wallet import Wallet
from tests.web.people import OpenPage, connect, give_code, sign_in


def signed_in(place: Place, open_page: OpenPage, name: str) -> tuple[Page, Wallet]:
    wallet = place.wallet(name)
    page = open_page("/account", wallet)
    connect(page)
    sign_in(page)
    return page, wallet


def test_a_message_is_signed_and_the_session_is_out_of_reach_of_scripts(
    place: Place, open_page: OpenPage
) -> None:
    page, wallet = signed_in(place, open_page, "member")
    assert wallet.asked == ["eth_requestAccounts", "personal_sign"]
    expect(page.locator("main").get_by_text(wallet.address)).to_be_visible()
    expect(page.get_by_role("row", name="This one")).to_be_visible()
    kept = page.evaluate("JSON.stringify([document.cookie, {...localStorage}, {...sessionStorage}])")
    assert "lss_" not in kept
    page.reload()
    expect(page.get_by_role("row", name="This one")).to_be_visible()
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page.get_by_text("Sign in with your wallet")).to_be_visible()


def test_declining_to_sign_is_said_and_signs_nobody_in(place: Place, open_page: OpenPage) -> None:
    wallet = place.wallet("shy")
    page = open_page("/account", wallet)
    connect(page)
    wallet.rejects = True
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("You declined it in your wallet.")


def test_another_session_is_seen_and_ended_from_here(place: Place, open_page: OpenPage) -> None:
    page, wallet = signed_in(place, open_page, "two places")
    other = open_page("/account", Wallet(wallet.account, place.node, wallet.network))
    connect(other)
    sign_in(other)
    page.reload()
    expect(page.locator("tbody tr")).to_have_count(2)
    page.get_by_role("button", name="End").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    other.reload()
    expect(other.get_by_text("Sign in with your wallet")).to_be_visible()


def test_a_key_is_told_once_reads_and_dies_when_it_is_revoked(place: Place, open_page: OpenPage) -> None:
    page, _ = signed_in(place, open_page, "programmer")
    page.get_by_label("Name of the key").fill("notebook")
    page.get_by_role("button", name="Make a key").click()
    expect(page.get_by_text("is told once")).to_be_visible()
    token = page.locator(".notice .address").inner_text()
    asked = page.request.get("/v1/session", headers={"Authorization": f"Bearer {token}"})
    assert asked.status == 200
    page.get_by_role("button", name="Revoke").click()
    expect(page.get_by_text("Revoked")).to_be_visible()
    assert page.request.get("/v1/session", headers={"Authorization": f"Bearer {token}"}).status == 401
    page.reload()
    expect(page.get_by_role("rowheader", name="notebook")).to_be_visible()
    assert token not in page.content()


def test_a_second_factor_is_set_up_given_and_told_with_recovery_codes(
    place: Place, open_page: OpenPage
) -> None:
    page, _ = signed_in(place, open_page, "careful")
    page.get_by_role("button", name="Set up an authenticator").click()
    give_code(page)
    expect(page.locator(".code")).to_have_count(10)
    page.get_by_role("button", name="Take it off").click()
    expect(page.get_by_role("button", name="Set up an authenticator")).to_be_visible()
