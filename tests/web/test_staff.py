"""The desk of staff: nobody sees it without the role, nobody acts without a code, and two agree on a call."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from benchmarks.web.place import Place
from tests.web.people import OpenPage, connect, give_code, grant

Staff = Callable[..., Page]


@pytest.fixture
def staff(place: Place, open_page: OpenPage) -> Staff:
    """Signs somebody in who was granted roles on the server's shell, with a second factor, at the desk."""

    def sign_in(name: str, *roles: str) -> Page:
        wallet = place.wallet(name)
        for role in roles:
            grant(place, wallet, role)
        page = open_page("/account", wallet)
        connect(page)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.get_by_role("button", name="Set up an authenticator").click()
        give_code(page)
        page.get_by_role("link", name="Operator").click()
        expect(page.get_by_text("Proposals that wait")).to_be_visible()
        return page

    return sign_in


def test_without_a_role_there_is_no_desk_and_without_a_code_no_act(place: Place, open_page: OpenPage) -> None:
    page = open_page("/operator", place.wallet("curious"))
    connect(page)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_text("You are signed in, and not as staff.")).to_be_visible()
    assert page.request.get("/v1/admin/overview").status == 403

    wallet = place.wallet("forgetful")
    grant(place, wallet, "operator")
    page = open_page("/operator", wallet)
    connect(page)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_text("Set up an authenticator on the account page first")).to_be_visible()


def test_an_incident_is_told_to_everybody_and_closed(open_page: OpenPage, staff: Staff) -> None:
    visitor = open_page("/")
    page = staff("operator one", "operator")
    page.get_by_label("What is wrong").fill("Prices arrive late")
    page.get_by_label("What people should know and do").fill("Copies may be skipped. Exits work.")
    page.get_by_role("button", name="Tell everybody").click()
    expect(page.get_by_label("How Prices arrive late ended")).to_be_visible()
    visitor.reload()
    expect(visitor.get_by_text("Copies may be skipped. Exits work.")).to_be_visible()
    page.get_by_label("How Prices arrive late ended").fill("The feed is back.")
    page.get_by_role("button", name="Close", exact=True).click()
    expect(page.get_by_text("Nothing is known to be wrong.")).to_be_visible()
    visitor.reload()
    visitor.locator("table.leaders").wait_for()
    expect(visitor.get_by_text("Copies may be skipped. Exits work.")).to_be_hidden()


def test_a_leader_is_verified_with_a_reason_that_everybody_sees(open_page: OpenPage, staff: Staff) -> None:
    page = staff("operator two", "operator")
    panel = page.locator(".panel", has=page.get_by_role("heading", name="Leaders", exact=True))
    panel.get_by_label("Which leader").select_option(label="Ether momentum")
    panel.get_by_label("Why").fill("met in person")
    panel.get_by_role("button", name="Verify", exact=True).click()
    leader = open_page("/leaders/1")
    expect(leader.get_by_text("Verified")).to_be_visible()
    panel.get_by_role("button", name="Take back the verification").click()
    expect(panel.get_by_role("button", name="Verify", exact=True)).to_be_enabled()
    leader.reload()
    leader.get_by_role("heading", name="Ether momentum").wait_for()
    expect(leader.get_by_text("Verified")).to_be_hidden()


def test_keepers_are_stopped_with_a_reason_and_let_go_on(place: Place, staff: Staff) -> None:
    page = staff("operator three", "operator")
    panel = page.locator(".panel", has=page.get_by_role("heading", name="Stops for keepers"))
    panel.get_by_label("Why").fill("the exchange is down")
    panel.get_by_role("button", name="Stop", exact=True).click()
    expect(panel.get_by_text("entries : the exchange is down")).to_be_visible()
    assert [each["why"] for each in place.get("/v1/keepers")["stops"]] == ["the exchange is down"]
    panel.get_by_label("Why").fill("it is back")
    panel.get_by_role("button", name="Lift").click()
    expect(panel.get_by_role("button", name="Lift")).to_have_count(0)


def test_a_call_is_ready_only_when_a_second_person_has_confirmed_it_and_all_is_in_the_log(
    staff: Staff,
) -> None:
    first = staff("admin one", "admin")
    second = staff("admin two", "admin")
    panel = first.locator(".panel", has=first.get_by_role("heading", name="Proposals to the owner"))
    panel.get_by_label("Strategy, 0 for all").fill("1")
    panel.get_by_label("Why", exact=True).fill("its token was hacked")
    panel.get_by_role("button", name="Propose").click()
    mine = panel.locator(".proposal", has_text="its token was hacked").first
    expect(mine.get_by_text("Somebody else must confirm it.")).to_be_visible()
    expect(mine.get_by_role("button", name="Send the call")).to_have_count(0)

    second.reload()
    theirs = second.locator(".proposal", has_text="its token was hacked").first
    theirs.get_by_role("button", name="Confirm").click()
    expect(theirs.get_by_text("Ready to send")).to_be_visible()
    expect(theirs.get_by_role("button", name="Send the call")).to_be_visible()
    theirs.get_by_role("button", name="Send the call").click()
    expect(theirs.get_by_role("alert")).to_be_visible()  # neither owner nor guardian: the contract refuses
    second.reload()
    expect(second.get_by_text("proposal.confirmed").first).to_be_visible()
