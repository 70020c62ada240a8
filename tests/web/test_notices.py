"""Being told: a channel counts once its code came back, a rule says what, the log what was sent."""

from playwright.sync_api import expect

from benchmarks.web.place import Place
from tests.web.people import OpenPage, connect


def test_a_channel_waits_for_its_code_a_rule_is_made_and_both_are_removed(
    place: Place, open_page: OpenPage
) -> None:
    page = open_page("/notices", place.wallet("told"))
    connect(page)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_text("No channel yet")).to_be_visible()
    page.get_by_label("Address").fill("somebody@example.org")
    page.get_by_label("What you call it").fill("my mail")
    page.get_by_role("button", name="Add and send a code").click()
    expect(page.get_by_text("Waits for its code")).to_be_visible()
    assert "somebody@example.org" not in page.content()

    page.get_by_label("Code that came to my mail").fill("00000000")
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("alert")).to_be_visible()

    page.get_by_role("checkbox", name="A fee was charged").check()
    page.get_by_role("button", name="Tell me of these").click()
    rule = page.get_by_role("listitem").filter(has_text="by my mail")
    expect(rule).to_contain_text("A fee was charged")
    rule.get_by_role("button", name="Remove rule").click()
    expect(rule).to_have_count(0)
    page.get_by_role("button", name="Remove my mail").click()
    expect(page.get_by_text("No channel yet")).to_be_visible()
