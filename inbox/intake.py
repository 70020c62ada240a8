"""What is looked at before an order is stored: its form and its signature. The chain is the keeper's to ask.

What fails here is refused and leaves no trace: anybody can send anything, and storing it would be a way to
fill the database.
"""

from typing import Protocol

from inbox.errors import BadOrderError, BadSignatureError
from orders.document import SignedOrder
from orders.order import WAD, Order, OrderKind, signer_of

MAX_SIGNATURE_BYTES = 4_096
_WAITS = frozenset({OrderKind.STOP_LIMIT, OrderKind.STOP_LOSS, OrderKind.TAKE_PROFIT})


class ContractWallets(Protocol):
    """Asks a contract whether it signed (ERC-1271)."""

    def signed(self, wallet: str, digest: bytes, signature: bytes) -> bool:
        """Whether the contract at `wallet` takes the signature of the digest for its own.

        Raises `WalletAwayError` where it cannot be asked.
        """


def check_form(order: Order) -> None:
    """Refuse what the hub would answer with `BadOrder`, `BadPortion` or `ZeroAddress` whatever comes.

    Raises `BadOrderError`.
    """
    trade = order.trade
    if not 0 < trade.portion <= WAD:
        raise BadOrderError(
            f"The portion {trade.portion} is not between 1 and 1e18.", remedy="1e18 sells all that is held."
        )
    if not 0 < order.min_fill <= WAD:
        raise BadOrderError(
            f"min_fill {order.min_fill} is not between 1 and 1e18.", remedy="1e18 is all or nothing."
        )
    if trade.token_in == trade.token_out:
        raise BadOrderError("It sells and buys the same token.", remedy="Name two tokens of the strategy.")
    if (order.kind in _WAITS) != (order.trigger_price != 0):
        raise BadOrderError(
            f"A {order.kind.name.lower()} order "
            + ("needs a trigger price." if order.kind in _WAITS else "waits for no trigger price."),
            remedy="Only stop_limit, stop_loss and take_profit have a trigger; others have 0.",
        )
    needs_limit = order.kind in {OrderKind.LIMIT, OrderKind.STOP_LIMIT} or order.min_fill != WAD
    if needs_limit and trade.limit_price == 0:
        raise BadOrderError(
            "It needs a limit price.",
            remedy="Limit, stop_limit and every order that may fill in part have one.",
        )


def check_signature(leader: str, digest: bytes, signature: bytes, wallets: ContractWallets | None) -> None:
    """Refuse what `leader` did not sign, by key or, where a node can be asked, by contract.

    Raises `BadSignatureError` or `WalletAwayError`.
    """
    if signer_of(digest, signature) == leader:
        return
    if wallets is None:
        raise BadSignatureError(
            f"The signature is not by the key of {leader}.",
            remedy="Sign exactly what is sent, with the leader's key. Contract wallets' signatures are only "
            "taken where the operator has given the API a node (--rpc-url).",
        )
    if len(signature) > MAX_SIGNATURE_BYTES or not wallets.signed(leader, digest, signature):
        raise BadSignatureError(
            f"Neither the key of {leader} nor a contract there signed this.",
            remedy="Sign exactly what is sent, for this chain and this hub.",
        )


def check(signed: SignedOrder, *, chain_id: int, hub: str, wallets: ContractWallets | None) -> None:
    """Form, place and signature. Raises `BadOrderError`, `BadSignatureError` or `WalletAwayError`."""
    if (signed.chain_id, signed.hub) != (chain_id, hub):
        raise BadOrderError(
            f"The order is for hub {signed.hub} on chain {signed.chain_id}.",
            remedy=f"This inbox is for hub {hub} on chain {chain_id}.",
        )
    check_form(signed.order)
    check_signature(signed.leader, signed.digest, signed.signature, wallets)
