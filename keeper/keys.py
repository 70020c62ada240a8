"""Where a keeper's key is, and how it signs. No key is ever logged; a remote one never comes here.

A signer refuses everything but what a keeper has to say: a call of the hub that `hub.ALLOWED` names, without
ether, or nothing at all to itself, which uses a nonce up.
"""

import json
from pathlib import Path
from typing import Any, Protocol

from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_account.typed_transactions.typed_transaction import TypedTransaction
from eth_typing import ChecksumAddress
from eth_utils.address import is_address, to_checksum_address
from hexbytes import HexBytes

from indexer.chain.rpc import RpcClient
from indexer.errors import IndexerError
from keeper import hub


class KeyUnavailableError(IndexerError):
    """There is no key to sign with."""


class ForbiddenTransactionError(Exception):
    """A keeper was made to sign what no keeper signs: a defect, or an attack."""


class Signer(Protocol):
    """Signs for one address."""

    @property
    def address(self) -> ChecksumAddress:
        """Who signs."""

    async def sign(self, fields: dict[str, Any]) -> bytes:
        """The signed transaction, as it goes onto the wire."""


class LocalSigner:
    """A key in this process."""

    def __init__(self, account: LocalAccount) -> None:
        self._account = account

    @property
    def address(self) -> ChecksumAddress:
        """The key's address."""
        return to_checksum_address(self._account.address)

    async def sign(self, fields: dict[str, Any]) -> bytes:
        """Sign here."""
        return bytes(self._account.sign_transaction(fields).raw_transaction)


class RemoteSigner:
    """A key behind `eth_signTransaction`: web3signer, clef, or a node that holds it."""

    def __init__(self, rpc: RpcClient, address: ChecksumAddress) -> None:
        self._rpc = rpc
        self._address = address

    @property
    def address(self) -> ChecksumAddress:
        """The address that it was told to sign for."""
        return self._address

    async def sign(self, fields: dict[str, Any]) -> bytes:
        """Ask the signer, and check that what it gives back is what it was asked for."""
        asked = {name: hex(value) if isinstance(value, int) else value for name, value in fields.items()}
        answer: Any = await self._rpc.call("eth_signTransaction", [asked | {"from": self._address}], Any)
        text = answer["raw"] if isinstance(answer, dict) else answer
        raw = bytes.fromhex(str(text).removeprefix("0x"))
        if Account.recover_transaction(raw) != self._address:
            raise KeyUnavailableError(
                f"The remote signer did not sign for {self._address}.",
                remedy="Check that it holds the key of the address given with --address.",
            )
        got = TypedTransaction.from_bytes(HexBytes(raw)).as_dict()
        if any(_plain(got[name]) != _plain(value) for name, value in fields.items()):
            raise KeyUnavailableError(
                "The remote signer signed something else than it was asked to.", remedy="Do not use it."
            )
        return raw


def _plain(value: object) -> object:
    """Text and bytes of the same digits in one form."""
    if isinstance(value, bytes):
        return value.hex()
    return value.removeprefix("0x").lower() if isinstance(value, str) else value


def from_keystore(path: Path, password: str) -> LocalSigner:
    """The key in an encrypted keystore file (version 3, as geth and `cast wallet` write it)."""
    try:
        key = Account.decrypt(json.loads(path.read_text()), password)
    except OSError as error:
        raise KeyUnavailableError(
            f"The keystore {path} cannot be read: {error.strerror}.", remedy="Give the right --keystore."
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise KeyUnavailableError(
            f"The keystore {path} cannot be opened: wrong password, or no keystore.",
            remedy="Set LOCKSTEP_KEEPER_PASSWORD to its password.",
        ) from error
    return LocalSigner(Account.from_key(key))


def from_secret(secret: str) -> LocalSigner:
    """The key itself, 64 hexadecimal digits, as an environment's secret store hands it over."""
    try:
        return LocalSigner(Account.from_key(secret))
    except (ValueError, TypeError):
        raise KeyUnavailableError(
            "LOCKSTEP_KEEPER_KEY is no key.", remedy="It is 0x and 64 hexadecimal digits."
        ) from None


def parse_address(text: str) -> ChecksumAddress:
    """An address from an option."""
    if not is_address(text):
        raise KeyUnavailableError(f"'{text}' is no address.", remedy="Give 0x and 40 hexadecimal digits.")
    return to_checksum_address(text)


def refuse_what_no_keeper_signs(fields: dict[str, Any], *, sender: str, hub_address: str) -> None:
    """Raise `ForbiddenTransactionError` unless it is a keeper's call of the hub or an empty one to itself."""
    if fields["value"] != 0:
        raise ForbiddenTransactionError("a keeper sends no ether")
    if fields["to"] == sender and fields["data"] == "0x":
        return
    if fields["to"] != hub_address:
        raise ForbiddenTransactionError(f"a keeper calls the hub alone, not {fields['to']}")
    if foreign := set(hub.names(fields["data"])) - hub.ALLOWED:
        raise ForbiddenTransactionError(f"a keeper never calls {', '.join(sorted(foreign))}")
