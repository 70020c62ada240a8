"""The reentrancy campaign asks the hub for everything that changes money, members or policies."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MENU = ROOT / "tests" / "contracts" / "reentrancy" / "Reentrancy.t.sol"
INTERFACES = ("IHubTrading", "IHubKeepers", "IHubExtension", "IHubOffers")

# What may be done while the hub waits, and why that harms nobody.
UNGUARDED = {
    "cancelOrders": "only closes one's own nonces",
    "expectSlippage": "only says what one expects",
    "setLeaderCap": "only binds one's own money",
    "listToken": "owner of the hub",
    "listPool": "owner of the hub",
    "setTreasury": "owner of the hub",
    "setGuardian": "owner of the hub",
    "setGate": "owner of the hub",
    "setProtocolShare": "owner of the hub",
    "resumeTrading": "owner of the hub",
    "veto": "owner of the hub or guardian",
    "haltTrading": "owner of the hub, guardian or the strategy's leader",
}


def test_the_menu_offers_all_that_changes_the_hub() -> None:
    changing = set().union(*(_changing(name) for name in INTERFACES))
    assert len(changing) > 35
    asked = set(re.findall(r"encodeCall\(\s*IHub\w*\.(\w+)", MENU.read_text()))
    assert changing - asked == set(UNGUARDED)
    assert asked <= changing


def test_the_menu_has_as_many_courses_as_functions() -> None:
    text = MENU.read_text()
    courses = re.search(r"COURSES = (\d+);", text)
    assert courses is not None
    asked = re.findall(r"encodeCall\(\s*IHub\w*\.(\w+)", text)
    assert len(asked) == len(set(asked)) == int(courses[1])


def _changing(interface: str) -> set[str]:
    """Names of the interface's functions that are neither views nor pure."""
    text = (ROOT / "contracts" / "interfaces" / f"{interface}.sol").read_text()
    functions = re.findall(r"function (\w+)\(([^;]*);", text)
    return {name for name, rest in functions if not re.search(r"\b(view|pure)\b", rest)}
