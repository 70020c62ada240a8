import pytest
from sqlalchemy import select

from access.errors import NoSecretKeyError
from access.sealing import Seal, new_key
from notices.book.channels import MOST_TRIES, Channels
from notices.book.codes import code_of
from notices.book.errors import (
    BadRuleError,
    BadTargetError,
    TooManyError,
    UnknownChannelError,
    UnknownRuleError,
    WrongCodeError,
)
from notices.book.kinds import Kind
from notices.book.models import Channel, Notice
from notices.book.quiet import QuietHours
from notices.book.rules import Wish
from notices.book.targets import ChannelKind
from tests.api.world import ALICE, BOB
from tests.notices.conftest import SECRET, Office


def added(office: Office, owner: str = ALICE, address: str = "https://example.org/s3cret-path") -> Channel:
    return office.channels.add(owner, ChannelKind.WEBHOOK, address, label="mine", secret=SECRET)


def code(office: Office, channel: Channel, round_: int = 1) -> str:
    return code_of(office.channels.target(channel).salt, round_)


def test_nothing_in_the_clear_opens_a_channel(office: Office) -> None:
    channel = added(office)
    with office.engine.connect() as connection:
        rows = str(connection.execute(select(Channel.__table__)).all())
        notices = str(connection.execute(select(Notice.__table__)).all())
    for secret in ("s3cret-path", SECRET, SECRET[6:], code(office, channel)):
        assert secret not in rows
        assert secret not in notices
    target = office.channels.target(channel)
    assert (target.address, target.secret) == ("https://example.org/s3cret-path", SECRET)
    with pytest.raises(NoSecretKeyError):
        Channels(office.engine, Seal(new_key())).target(channel)


def test_channel_is_confirmed_by_its_code_and_by_no_other(office: Office) -> None:
    channel = added(office)
    right = code(office, channel)
    wrong = str((int(right) + 1) % 10**8).zfill(8)
    with pytest.raises(WrongCodeError):
        office.channels.confirm(ALICE, channel.id, wrong)
    with pytest.raises(UnknownChannelError):
        office.channels.confirm(BOB, channel.id, right)
    assert office.channels.confirm(ALICE, channel.id, right).state == "confirmed"
    assert office.channels.confirm(ALICE, channel.id, right).state == "confirmed"


def test_code_dies_with_time_with_tries_and_with_the_next(office: Office) -> None:
    channel = added(office)
    right = code(office, channel)
    for _ in range(MOST_TRIES):
        with pytest.raises(WrongCodeError):
            office.channels.confirm(ALICE, channel.id, "00000000" if right != "00000000" else "11111111")
    with pytest.raises(WrongCodeError):
        office.channels.confirm(ALICE, channel.id, right)
    with pytest.raises(TooManyError):
        office.channels.ask_again(ALICE, channel.id)
    office.clock.pass_s(61)
    again = office.channels.ask_again(ALICE, channel.id)
    assert again.round == 2
    with pytest.raises(WrongCodeError):
        office.channels.confirm(ALICE, channel.id, right)
    office.clock.pass_s(3_601)
    with pytest.raises(WrongCodeError):
        office.channels.confirm(ALICE, channel.id, code(office, channel, 2))
    for _ in range(3):
        office.channels.ask_again(ALICE, channel.id)
        office.clock.pass_s(61)
    with pytest.raises(TooManyError):
        office.channels.ask_again(ALICE, channel.id)
    assert [kind for kind, _ in office.due()] == ["confirmation"] * 5


def test_channels_are_few_each_owners_own_and_forgotten_when_removed(office: Office) -> None:
    first = added(office)
    for _ in range(9):
        added(office)
    with pytest.raises(TooManyError):
        added(office)
    assert office.channels.all(BOB) == []
    with pytest.raises(UnknownChannelError):
        office.channels.remove(BOB, first.id)
    office.channels.remove(ALICE, first.id)
    assert first.id not in [each.id for each in office.channels.all(ALICE)]
    with office.engine.connect() as connection:
        assert connection.scalar(select(Channel.sealed).where(Channel.id == first.id)) == ""
    assert len(office.due()) == 9


def test_quiet_hours_can_be_set(office: Office) -> None:
    channel = office.channels.silence(ALICE, added(office).id, QuietHours(1_320, 420, "Europe/Berlin"))
    assert (channel.quiet_from, channel.quiet_until, channel.zone) == (1_320, 420, "Europe/Berlin")


def test_local_addresses_only_in_trials(office: Office) -> None:
    strict = Channels(office.engine, office.seal)
    for kind, address in (("webhook", "http://127.0.0.1/hook"), ("chat", "json://127.0.0.1/")):
        secret = SECRET if kind == "webhook" else None
        with pytest.raises(BadTargetError):
            strict.add(ALICE, ChannelKind(kind), address, label="x", secret=secret)
        assert office.channels.add(ALICE, ChannelKind(kind), address, label="x", secret=secret).id


def test_rules_are_made_changed_and_removed_by_their_owner_alone(office: Office) -> None:
    channel = office.confirmed()
    rule = office.wish(channel, Kind.TRADE_COPIED, vaults=frozenset({2}), stop_left_bps=1_500)
    assert office.rules.get(ALICE, rule.rule.id).wish == rule.wish
    other = Wish(channel.id, frozenset({Kind.STOP_HIT}))
    with pytest.raises(UnknownRuleError):
        office.rules.change(BOB, rule.rule.id, other, staff=False)
    with pytest.raises(UnknownRuleError):
        office.rules.remove(BOB, rule.rule.id)
    assert office.rules.change(ALICE, rule.rule.id, other, staff=False).wish == other
    office.rules.remove(ALICE, rule.rule.id)
    assert office.rules.all(ALICE) == []


@pytest.mark.parametrize(
    ("kinds", "terms", "why"),
    [
        ([], {}, "one kind"),
        ([Kind.DIGEST], {}, "one kind"),
        ([Kind.INDEXER_TROUBLE], {}, "runs the place"),
        ([Kind.LEADER_TRADED], {}, "strategies"),
        ([Kind.STOP_HIT], {"vaults": frozenset(range(101))}, "at most"),
    ],
)
def test_rules_that_cannot_be_are_refused(
    office: Office, kinds: list[Kind], terms: dict[str, frozenset[int]], why: str
) -> None:
    channel = office.confirmed()
    with pytest.raises(BadRuleError, match=why):
        office.rules.add(ALICE, Wish(channel.id, frozenset(kinds), **terms), staff=False)
