"""The text that a wallet signs to claim a handle, and the look at its signature.

Whoever has the text and the signature can check it without this server. A handle elsewhere is only named:
whoever wants to know looks there for the signature; this server asks nobody.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from access.errors import SignInRefusedError
from access.sign_in import check_signed
from inbox.intake import ContractWallets
from social.errors import BadClaimError
from social.names import Name

LIFE_S = 600
_SKEW_S = 60


class OutsideSite(StrEnum):
    """Where else somebody may be known."""

    X = "x"
    GITHUB = "github"
    FARCASTER = "farcaster"
    TELEGRAM = "telegram"
    DISCORD = "discord"
    YOUTUBE = "youtube"


@dataclass(frozen=True, slots=True)
class Outside:
    """A handle elsewhere."""

    site: OutsideSite
    name: str


@dataclass(frozen=True, slots=True)
class Claim:
    """An address (EIP-55) claims a handle at a domain, at a unix second."""

    address: str
    handle: Name
    outside: Outside | None
    issued_s: int
    domain: str

    @property
    def text(self) -> str:
        """What is signed: everything that is claimed, and nothing else."""
        elsewhere = "" if self.outside is None else f"Known as {self.outside.name} on {self.outside.site}.\n"
        issued = datetime.fromtimestamp(self.issued_s, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return (
            f"{self.domain}: the wallet {self.address} claims the handle {self.handle.shown}.\n"
            f"{elsewhere}This moves no money and costs nothing.\n\nIssued At: {issued}"
        )


def check(claim: Claim, signature: bytes, wallets: ContractWallets | None, *, now_s: int) -> None:
    """Refuse what the address did not sign lately, by key or by contract (ERC-1271).

    Raises `BadClaimError`, and `NodeAwayError` where a contract wallet cannot be asked.
    """
    if not now_s - LIFE_S <= claim.issued_s <= now_s + _SKEW_S:
        raise BadClaimError("The text is more than ten minutes old.", remedy=_ANEW)
    try:
        check_signed(claim.address, claim.text, signature, wallets)
    except SignInRefusedError as error:
        raise BadClaimError(str(error), remedy=_ANEW) from error


_ANEW = "Ask for the text with POST /v1/profile/claim-texts, sign exactly that, and send what it was made of."
