"""What people say: names by signature, words on trades, reviews, comments, watching, and what staff hides."""

from collections.abc import Callable

import pytest
from eth_account import Account
from eth_account.messages import encode_defunct
from playwright.sync_api import Locator, Page, expect

from benchmarks.web.place import Place
from benchmarks.web.wallet import Wallet
from demo.anvil import CHAIN_ID
from tests.web.people import OpenPage, connect, grant, sign_in

STRATEGY = 3
SignedIn = Callable[..., Page]


@pytest.fixture
def signed_in(open_page: OpenPage) -> SignedIn:
    """Opens a page as somebody who has signed in."""

    def opened(wallet: Wallet, path: str) -> Page:
        page = open_page("/account", wallet)
        connect(page)
        sign_in(page)
        page.goto(path)
        return page

    return opened


def leader(place: Place) -> Wallet:
    """The leader of the strategy, with a session of their own in each test."""
    return Wallet(place.world.leaders.all[STRATEGY - 1].account, place.node, CHAIN_ID)


def follower(place: Place) -> Wallet:
    """Somebody of the demo with money in the strategy."""
    vaults = place.get(f"/v1/vaults?strategy_id={STRATEGY}&status=Active&limit=100")["data"]
    owner = next(each["owner"] for each in vaults if not each["is_leader"])
    account = next(each.account for each in place.world.crowd.all if each.account.address == owner)
    return Wallet(account, place.node, CHAIN_ID)


def panel(page: Page, title: str) -> Locator:
    return page.locator(".panel", has=page.get_by_role("heading", name=title, exact=True))


def test_a_name_is_claimed_by_a_signature_that_anybody_can_check(
    place: Place, open_page: OpenPage, signed_in: SignedIn
) -> None:
    wallet = leader(place)
    page = signed_in(wallet, "/profile")
    page.get_by_label("Name", exact=True).fill("lockstep_team")
    page.get_by_role("button", name="Claim and sign").click()
    expect(page.get_by_role("alert")).to_be_visible()  # a name of the place's own
    page.get_by_label("Name", exact=True).fill("CarryAnna")
    page.get_by_label("Also known on").select_option("github")
    page.get_by_label("As", exact=True).fill("anna-carry")
    page.get_by_role("button", name="Claim and sign").click()
    expect(page.get_by_role("heading", name="CarryAnna")).to_be_visible()
    assert wallet.asked[-1] == "personal_sign"
    proof = place.get("/v1/profiles/CarryAnna")["proof"]
    signer = Account.recover_message(encode_defunct(text=proof["text"]), signature=proof["signature"])
    assert signer == wallet.address
    assert "CarryAnna" in proof["text"]

    page.get_by_label("About you").fill("Carry trades.\n<img src=x onerror=alert(1)>")
    page.get_by_label("Links").fill("http://example.org")
    expect(page.get_by_text("beginning with https://")).to_be_visible()
    page.get_by_label("Links").fill("https://example.org/anna")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("button", name="Save")).to_be_enabled()

    visitor = open_page(f"/leaders/{STRATEGY}")
    visitor.get_by_role("link", name="CarryAnna").click()
    expect(visitor.get_by_role("heading", name="CarryAnna")).to_be_visible()
    expect(visitor.get_by_text("<img src=x onerror=alert(1)>")).to_be_visible()  # words, and nothing else
    expect(visitor.get_by_role("link", name="https://example.org/anna")).to_have_attribute(
        "rel", "noreferrer nofollow ugc"
    )
    expect(visitor.get_by_text("Says to be anna-carry on github")).to_be_visible()
    expect(
        visitor.get_by_role("link", name=place.get(f"/v1/strategies/{STRATEGY}")["data"]["name"])
    ).to_be_visible()

    page.get_by_role("button", name="Take the profile off").click()
    page.get_by_role("button", name="Yes, take it all off").click()
    expect(page.get_by_text("Kept for you: CarryAnna")).to_be_visible()
    visitor.reload()
    expect(visitor.get_by_text("Nobody goes by this name")).to_be_visible()


def test_a_leaders_words_stand_beside_the_trade_with_how_long_after_and_what_was_changed(
    place: Place, open_page: OpenPage, signed_in: SignedIn
) -> None:
    page = signed_in(leader(place), "/desk")
    words = panel(page, "Words on your trades")
    words.get_by_label("Why you did it").fill("Funding has turned.")
    words.get_by_role("button", name="Publish").click()
    expect(words.get_by_role("list", name="What you have said")).to_contain_text("Funding has turned.")
    note = place.get(f"/v1/annotations?strategy_id={STRATEGY}")["data"][0]

    visitor = open_page(f"/leaders/{STRATEGY}")
    shown = visitor.locator(".annotation").first
    expect(shown).to_contain_text("Funding has turned.")
    after = note["after_trade_s"]
    expect(shown).to_contain_text("with the trade" if after < 60 else "after the trade")

    words.get_by_role("button", name="Change").first.click()
    words.get_by_label("Your words", exact=True).fill("Funding had turned, I thought.")
    words.get_by_role("button", name="Change them").click()
    visitor.reload()
    expect(shown).to_contain_text("Funding had turned, I thought.")
    shown.get_by_text("Changed 1 time").click()
    expect(shown.locator(".revisions li").first).to_contain_text("Funding has turned.")

    words.get_by_role("button", name="Take back").first.click()
    expect(words.get_by_text("Taken back by its author.").first).to_be_visible()
    visitor.reload()
    expect(shown).to_contain_text("Taken back by its author.")
    visitor.locator(".annotation summary").first.click()
    expect(shown.locator(".revisions")).to_contain_text("Funding has turned.")


def test_a_follower_reviews_under_a_pseudonym_and_a_leader_cannot_review_themselves(
    place: Place, open_page: OpenPage, signed_in: SignedIn
) -> None:
    wallet = follower(place)
    page = signed_in(wallet, f"/leaders/{STRATEGY}")
    reviews = panel(page, "Reviews")
    reviews.get_by_role("button", name="Write a review").click()
    expect(reviews.get_by_role("button", name="Publish")).to_be_disabled()  # no rating yet
    reviews.get_by_text("4 of 5").locator("xpath=..").click()
    reviews.get_by_label("Your review").fill("Does what it says.")
    reviews.get_by_role("button", name="Publish").click()
    listed = reviews.get_by_role("list", name="Reviews")
    expect(listed).to_contain_text("Does what it says.")
    (review,) = place.get(f"/v1/reviews?strategy_id={STRATEGY}")["data"]
    assert review["author"]["kind"] == "pseudonym"
    assert wallet.address.lower()[2:8] not in str(review).lower()
    expect(listed).to_contain_text(review["author"]["shown"])
    if review["badge"]:
        expect(listed).to_contain_text("Followed with money for")

    reviews.get_by_role("button", name="Change your review").click()
    reviews.get_by_text("5 of 5").locator("xpath=..").click()
    reviews.get_by_role("button", name="Change it").click()
    expect(listed.get_by_role("img", name="5 of 5")).to_be_visible()
    assert place.get(f"/v1/social/{STRATEGY}")["reviews"]["average"] == "5"
    expect(reviews.get_by_text("of 1 review")).to_be_visible()

    own = signed_in(leader(place), f"/leaders/{STRATEGY}")
    expect(panel(own, "Reviews")).to_contain_text("Nobody reviews a strategy of their own.")
    visitor = open_page(f"/leaders/{STRATEGY}")
    expect(panel(visitor, "Reviews")).to_contain_text("Does what it says.")
    expect(visitor.get_by_role("button", name="Report review")).to_have_count(0)


def test_a_comment_is_answered_reported_hidden_by_support_with_its_reason_and_shown_again(
    place: Place, open_page: OpenPage, signed_in: SignedIn
) -> None:
    asker = signed_in(place.wallet("asker"), f"/leaders/{STRATEGY}")
    asker.get_by_label("Your comment").fill("Send 1 ETH to me and get 2 back!")
    asker.get_by_role("button", name="Comment", exact=True).click()
    comments = panel(asker, "Comments").get_by_role("list", name="Comments")
    expect(comments).to_contain_text("Send 1 ETH")

    answering = signed_in(leader(place), f"/leaders/{STRATEGY}")
    answering.get_by_role("button", name="Answer reader").click()
    answering.get_by_label("Your answer").fill("Nobody should.")
    answering.get_by_label("Shown as").first.select_option("shortened")
    answering.get_by_role("button", name="Answer", exact=True).click()
    answer = panel(answering, "Comments").locator(".replies")
    expect(answer).to_contain_text("Nobody should.")
    expect(answer).to_contain_text("Leader")

    answering.get_by_role("button", name="Report comment of reader").click()
    answering.get_by_label("What is wrong with it").select_option("scam")
    answering.get_by_label("In your words").fill("A classic.")
    answering.get_by_role("button", name="Report it").click()
    expect(answering.get_by_text("Reported. Staff will look at it.")).to_be_visible()

    helper = place.wallet("helper")
    grant(place, helper, "support")
    desk = signed_in(helper, "/operator")
    reports = panel(desk, "Reports")
    case = reports.get_by_role("listitem").filter(has_text="Send 1 ETH").first
    expect(case).to_contain_text("A classic.")
    expect(case.get_by_role("button", name="Hide it")).to_be_disabled()  # not without a reason
    case.get_by_label("Why").fill("a known scam")
    case.get_by_role("button", name="Hide it").click()
    expect(case).to_have_count(0)
    visitor = open_page(f"/leaders/{STRATEGY}")
    expect(panel(visitor, "Comments")).to_contain_text("Hidden by staff: a scam.")
    expect(visitor.get_by_text("Send 1 ETH")).to_have_count(0)

    reports.get_by_role("radio", name="All").check()
    case = reports.get_by_role("listitem").filter(has_text="Send 1 ETH").first
    case.get_by_label("Why").fill("looked again")
    case.get_by_role("button", name="Show it again").click()
    expect(case.get_by_text("Hidden:")).to_have_count(0)
    visitor.reload()
    expect(panel(visitor, "Comments")).to_contain_text("Send 1 ETH")

    asker.reload()
    comments.get_by_role("button", name="Take back").click()
    expect(comments).to_contain_text("Taken back by its author.")
    expect(comments).to_contain_text("Nobody should.")


def test_a_leader_is_watched_without_money_and_no_more(
    place: Place, open_page: OpenPage, signed_in: SignedIn
) -> None:
    visitor = open_page(f"/leaders/{STRATEGY}")
    expect(visitor.get_by_role("button", name="Watch")).to_be_disabled()  # nobody to watch for
    name = place.get(f"/v1/strategies/{STRATEGY}")["data"]["name"]
    page = signed_in(place.wallet("watcher"), f"/leaders/{STRATEGY}")
    page.get_by_role("button", name=f"Watch {name}", exact=True).click()
    expect(page.get_by_role("button", name=f"Watch {name} no more")).to_be_visible()
    page.goto("/watching")
    trade = place.get(f"/v1/trades?strategy_id={STRATEGY}&kind=leader&limit=1")["data"][0]
    row = panel(page, "Newest trades").get_by_role("row").nth(1)
    expect(row).to_contain_text(name)
    expect(row).to_contain_text(f"{trade['token_in']['symbol']} →")
    page.get_by_role("button", name=f"Watch {name} no more").click()
    expect(page.get_by_text("You watch nobody yet")).to_be_visible()
    assert place.get(f"/v1/social/{STRATEGY}")["watchers"] == 0
