"""What needs no database: where channels may lead, what is public, when it is quiet, codes."""

import base64
from datetime import UTC, datetime

import pytest

from notices.book import targets
from notices.book.codes import code_of, matches
from notices.book.errors import BadTargetError
from notices.book.quiet import QuietHours, is_zone
from notices.book.targets import ChannelKind, Target
from notices.sending.public import is_public
from notices.telling.facts import plain
from tests.notices.browser import Subscriber
from tests.notices.conftest import SECRET

KEYS = Subscriber().receiver


def target(
    kind: str, address: str, secret: str | None = None, receiver: targets.Receiver | None = None
) -> Target:
    return Target(ChannelKind(kind), address, secret, "salt", receiver)


@pytest.mark.parametrize(
    "good",
    [
        target("webhook", "https://example.org/hook?a=b", SECRET),
        target("webhook", "https://example.org:8443/", SECRET),
        target("email", "ann.b+c@mail.example.org"),
        target("push", "https://fcm.googleapis.com/fcm/send/hook:APA91b", None, KEYS),
        target("chat", "discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js"),
        target("chat", "tgram://123456789:abcdefg_hijklmnop/12315544/"),
        target("chat", "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#general"),
    ],
)
def test_good_targets_are_taken_and_show_nothing_that_opens_them(good: Target) -> None:
    targets.check(good, local=False)
    assert Target.read(good.document()) == good
    assert not {"hook", "JHMHI8qBe7bk2ZwO5U711o3dV_js", "ann", "abcdefg"} & set(good.shown.split("/"))
    assert SECRET not in good.shown


@pytest.mark.parametrize(
    "bad",
    [
        target("webhook", "http://example.org/hook", SECRET),
        target("webhook", "https://user:word@example.org/hook", SECRET),
        target("webhook", "https:///hook", SECRET),
        target("webhook", "ftp://example.org/", SECRET),
        target("webhook", "https://example.org/\r\nX: y", SECRET),
        target("webhook", "https://example.org/", None),
        target("webhook", "https://example.org/", "whsec_c2hvcnQ="),
        target("webhook", "https://example.org/", SECRET.removeprefix("whsec_")),
        target("webhook", "https://example.org/", "whsec_" + base64.b64encode(bytes(65)).decode()),
        target("webhook", "https://example.org/", SECRET, KEYS),
        target("push", "https://example.org/", None, None),
        target("push", "https://example.org/", SECRET, KEYS),
        target("push", "http://example.org/", None, KEYS),
        target("push", "https://example.org/" + "a" * 1_000, None, KEYS),
        target("push", "https://example.org/", None, targets.Receiver(KEYS.auth, KEYS.auth)),
        target("push", "https://example.org/", None, targets.Receiver(KEYS.p256dh, KEYS.p256dh)),
        target("push", "https://example.org/", None, targets.Receiver("A" * 87, KEYS.auth)),
        target("push", "https://example.org/", None, targets.Receiver("é", KEYS.auth)),
        target("email", "ann@localhost"),
        target("email", "ann@example.org\r\nBcc: all@example.org"),
        target("email", "ann@example.org&smtp=10.0.0.1"),
        target("email", "ann@example.org", SECRET),
        *(
            target("chat", f"{scheme}://host/path")
            for scheme in (
                "file",
                "exec",
                "dbus",
                "syslog",
                "json",
                "xml",
                "mailto",
                "ntfy",
                "matrix",
                "discorda",
            )
        ),
        target("chat", "discord://a/b?verify=no"),
        target("chat", "discord"),
    ],
)
def test_where_nothing_may_be_sent_is_refused(bad: Target) -> None:
    with pytest.raises(BadTargetError) as refused:
        targets.check(bad, local=False)
    assert refused.value.remedy


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1:248:1893:25c8:1946", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),  # noqa: S104 - nothing listens
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("::", False),
        ("fe80::1%eth0", False),
        ("fc00::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:93.184.216.34", True),
        ("64:ff9b::7f00:1", False),
        ("2002:7f00:1::", False),
        ("::127.0.0.1", False),
    ],
)
def test_only_the_internets_addresses_are_public(address: str, public: bool) -> None:
    assert is_public(address) is public


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1_000_000


@pytest.mark.parametrize(
    ("hours", "time", "quiet"),
    [
        (QuietHours(22 * 60, 7 * 60, "Europe/Berlin"), "2024-01-05T21:00", True),
        (QuietHours(22 * 60, 7 * 60, "Europe/Berlin"), "2024-01-05T20:59", False),
        (QuietHours(22 * 60, 7 * 60, "Europe/Berlin"), "2024-01-05T06:00", False),
        (QuietHours(22 * 60, 7 * 60, "Europe/Berlin"), "2024-07-05T20:00", True),  # summer time
        (QuietHours(22 * 60, 7 * 60, "Europe/Berlin"), "2024-07-05T05:00", False),
        (QuietHours(9 * 60, 17 * 60, "Asia/Kolkata"), "2024-01-05T03:30", True),
        (QuietHours(9 * 60, 17 * 60, "Asia/Kolkata"), "2024-01-05T11:30", False),
        (QuietHours(60, 60, "UTC"), "2024-01-05T01:00", False),
    ],
)
def test_quiet_hours_follow_the_zones_own_clock(hours: QuietHours, time: str, quiet: bool) -> None:
    assert hours.hold(at(time)) is quiet


def test_zones_are_known_by_name() -> None:
    assert is_zone("Europe/Berlin")
    assert not any(map(is_zone, ("Mars/Base", "../../etc/passwd", "", "Europe/")))


def test_codes_are_the_same_for_a_round_and_others_for_another() -> None:
    assert code_of("salt", 1) == code_of("salt", 1) != code_of("salt", 2)
    assert matches("salt", 1, code_of("salt", 1))
    assert not matches("salt", 2, code_of("salt", 1))
    assert not matches("other", 1, code_of("salt", 1))


def test_foreign_words_can_mention_nobody() -> None:
    assert plain("@everyone <http://x|y> *USD*") == "everyone http:xy USD"
