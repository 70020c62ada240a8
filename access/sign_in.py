"""Sign-In with Ethereum (EIP-4361): the message to sign, and what is looked at when it comes back.

Form: the kept `siwe` library. It checks neither domain, nor chain, nor who asked for the nonce by itself, and
asks a node in its own way: all of that is done here.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from eth_account.messages import defunct_hash_message
from eth_utils.address import to_checksum_address
from siwe import SiweMessage  # type: ignore[import-untyped]
from siwe.siwe import ISO8601Datetime, VersionEnum  # type: ignore[import-untyped]

from access.errors import NodeAwayError, SignInRefusedError
from inbox.errors import BadSignatureError, WalletAwayError
from inbox.intake import ContractWallets, check_signature

STATEMENT = "Sign in to Lockstep. This moves no money and costs nothing."
MAX_MESSAGE = 1_200
"""Characters of a message: the parser's time grows with the square of what it does not understand."""
_SKEW_S = 60
_OLDEST_S = 600
_WANTS = " wants you to sign in with your Ethereum account:"


@dataclass(frozen=True, slots=True)
class Site:
    """Where the server is to be found: domains as in EIP-4361 (host and port), the first by default."""

    domains: tuple[str, ...]
    secure: bool

    @property
    def origins(self) -> frozenset[str]:
        """Origins whose pages are this server's own."""
        return frozenset(f"{self._scheme}://{domain}" for domain in self.domains)

    def origin(self, domain: str) -> str:
        """The origin of one of its domains."""
        return f"{self._scheme}://{domain}"

    @property
    def _scheme(self) -> str:
        return "https" if self.secure else "http"


def local_domains(port: int) -> tuple[str, ...]:
    """What one calls a server on the own machine."""
    return tuple(f"{name}:{port}" for name in ("127.0.0.1", "localhost", "[::1]"))


@dataclass(frozen=True, slots=True)
class Place:
    """The hub that is signed in to."""

    chain_id: int
    hub: str

    @property
    def resource(self) -> str:
        """The hub as CAIP-10: the message says it among its resources."""
        return f"eip155:{self.chain_id}:{self.hub}"


@dataclass(frozen=True, slots=True)
class SignIn:
    """What was signed: `expires_s` is the unix second after which the signer wants no session."""

    address: str
    nonce: str
    expires_s: float | None


def message_for(address: str, nonce: str, *, site: Site, domain: str, place: Place, now_s: float) -> str:
    """The message for an address (EIP-55) to sign."""
    issued = ISO8601Datetime.from_datetime(datetime.fromtimestamp(now_s, UTC), timespec="seconds")
    message = SiweMessage(
        domain=domain,
        address=to_checksum_address(address),
        statement=STATEMENT,
        uri=site.origin(domain),
        version=VersionEnum.one,
        chain_id=place.chain_id,
        nonce=nonce,
        issued_at=issued,
        resources=[place.resource],
    )
    return str(message.prepare_message())


def read(message: str, *, site: Site, place: Place, now_s: float) -> SignIn:
    """Check what a message says, but for its nonce. Raises `SignInRefusedError`."""
    found = _parsed(message, site)
    _check_place(found, site, place)
    return SignIn(found.address.lower(), found.nonce, _check_times(found, now_s))


def check_signed(address: str, text: str, signature: bytes, wallets: ContractWallets | None) -> None:
    """Check that an address signed a text, by key or by contract. Raises `SignInRefusedError`, and
    `NodeAwayError` where a contract wallet cannot be asked.
    """
    digest = bytes(defunct_hash_message(text=text))
    try:
        check_signature(to_checksum_address(address), digest, _as_the_hub_has_it(signature), wallets)
    except BadSignatureError as error:
        raise SignInRefusedError(str(error), remedy=error.remedy) from error
    except WalletAwayError as error:
        raise NodeAwayError(str(error), remedy=error.remedy) from error


def _parsed(message: str, site: Site) -> SiweMessage:
    # The cheap look comes first: whoever sends nonsense makes nobody work.
    if len(message) > MAX_MESSAGE:
        raise SignInRefusedError(f"The message is longer than {MAX_MESSAGE} characters.", remedy=_AS_GIVEN)
    first = message.split("\n", 1)[0]
    if first not in {start + domain + _WANTS for domain in site.domains for start in ("", site.origin(""))}:
        raise SignInRefusedError(
            "The message is for another domain, or none of EIP-4361.",
            remedy=f"Sign in at {' or '.join(site.domains)}: the first line must name it.",
        )
    try:
        found = SiweMessage.from_message(message)
    except ValueError as error:
        raise SignInRefusedError("The message has not the form of EIP-4361.", remedy=_AS_GIVEN) from error
    if found.prepare_message() != message:
        raise SignInRefusedError("The message can be read in two ways.", remedy=_AS_GIVEN)
    return found


def _check_place(found: SiweMessage, site: Site, place: Place) -> None:
    if found.uri.rstrip("/") != site.origin(found.domain):
        raise SignInRefusedError(f"The message is for {found.uri}.", remedy=_AS_GIVEN)
    if found.chain_id != place.chain_id:
        raise SignInRefusedError(
            f"The message is for chain {found.chain_id}.",
            remedy=f"Switch the wallet to chain {place.chain_id} and sign anew.",
        )
    if place.resource.lower() not in {resource.lower() for resource in found.resources or ()}:
        raise SignInRefusedError(f"The message does not name {place.resource}.", remedy=_AS_GIVEN)


def _check_times(found: SiweMessage, now_s: float) -> float | None:
    issued = found.issued_at._datetime.timestamp()
    if not now_s - _OLDEST_S <= issued <= now_s + _SKEW_S:
        raise SignInRefusedError(f"The message is of {found.issued_at}.", remedy="Set the clock; sign anew.")
    if found.not_before is not None and found.not_before._datetime.timestamp() > now_s + _SKEW_S:
        raise SignInRefusedError(f"It holds from {found.not_before} on.", remedy="Wait, or sign another.")
    if found.expiration_time is None:
        return None
    expires: float = found.expiration_time._datetime.timestamp()
    if expires <= now_s:
        raise SignInRefusedError(f"It expired at {found.expiration_time}.", remedy="Sign a new one.")
    return expires


def _as_the_hub_has_it(signature: bytes) -> bytes:
    """Some wallets end a signature with 0 or 1 where others have 27 or 28."""
    if len(signature) == 65 and signature[64] in {0, 1}:
        return signature[:64] + bytes([signature[64] + 27])
    return signature


_AS_GIVEN = "Sign exactly the message that POST /v1/session/nonce gives."
