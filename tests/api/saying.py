"""People who say things over HTTP, and vaults that name a referrer."""

from typing import Any

from indexer.decode import events as e
from indexer.ledger.checkpoint import Checkpoint
from protocol.types import Policy
from tests.api.people import Person
from tests.api.world import NOWHERE, USD, USDC, Chain, header_of

DAY_S = 86_400


def ok(person: Person, method: str, path: str, body: Any = None, **options: Any) -> Any:
    sent = options if body is None else options | {"json": body}
    answer = person.call(method, f"/v1{path}", **sent)
    assert answer.status_code == 200, answer.text
    return answer.json()


def refused(  # noqa: PLR0917 - a request and its answer
    person: Person, method: str, path: str, body: Any, status: int, slug: str
) -> Any:
    answer = person.call(method, f"/v1{path}", **({} if body is None else {"json": body}))
    found = (answer.status_code, answer.json()["type"])
    assert found == (status, f"urn:lockstep:problem:{slug}"), answer.text
    assert answer.json()["remedy"]
    return answer.json()


def claim(person: Person, handle: str, outside: Any = None) -> Any:
    """Sign for a handle, as a dApp would."""
    wanted = {"handle": handle, "outside": outside}
    text = ok(person, "POST", "/profile/claim-texts", wanted)
    signature = person.sign(text["text"])["signature"]
    signed = wanted | {"issued": text["issued"], "signature": signature}
    return ok(person, "POST", "/profile/handle", signed)


def joined(  # noqa: PLR0917 - what an opening says
    vault: int, strategy: int, owner: str, position: int, amount: int, referrer: str = NOWHERE
) -> list[e.Event]:
    """A vault that is opened with so many whole USDC."""
    units = amount * USD
    return [
        e.Deposited(owner, USDC, units, owner),
        e.VaultOpened(vault, strategy, owner, 10, position, 1, referrer),
        e.PolicySet(vault, 1, Policy()),
        e.Allocated(vault, owner, USDC, units),
        e.VaultMarked(vault, units, units),
    ]


def roll_back(chain: Chain, number: int) -> None:
    """Take everything above a block back."""
    header = header_of(number)
    chain.ledger.roll_back(Checkpoint(number, header.hash, header.time))
    chain.number = number
