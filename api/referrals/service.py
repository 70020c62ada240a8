"""Answers to a referrer. Every figure is a sum of ledger rows; the income is what the fee balance
was credited for it.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple, cast, get_args

from eth_abi.abi import encode
from eth_utils.crypto import keccak

from api.access.caller import Caller
from api.campaigns.service import present
from api.fees.repository import list_balances
from api.paging import cut, decode_cursor
from api.referrals import schemas
from api.referrals.repository import Group, Opened, Referred
from api.referrals.schemas import FEWEST
from api.schemas import Amount, Answer, Page, utc
from api.snapshot import Snapshot
from api.social.book import Social, address_of
from api.strategies.existence import require_strategy

_NAME = "referral statement"
_SOURCES: tuple[schemas.Source, ...] = get_args(schemas.Source)
_NOTHING = Opened(0, 0, 0)


def get_referrals(of: Social, snapshot: Snapshot, caller: Caller) -> Answer[schemas.Referrals]:
    """Return what the people came to whom the caller referred."""
    address, book = address_of(caller), of.found(snapshot)
    referred = Referred(snapshot.session, snapshot.deployment, address, noted=book is not None)
    figures = _Figures.read(snapshot, referred)
    campaigns = [] if book is None else book.campaigns.of(address)
    found = schemas.Referrals(
        referrer=address,
        total=figures.total(referred.people()),
        campaigns=[
            schemas.CampaignResult(campaign=present(snapshot, row), result=figures.result(row.skeleton))
            for row in campaigns
        ],
        of_no_campaign=figures.result(None),
        balances=_balances(snapshot, address, figures, referred.unclaimed()),
    )
    return Answer(as_of_block=snapshot.block, data=found)


def get_statement(
    snapshot: Snapshot, caller: Caller, query: schemas.ReferralStatementQuery
) -> Page[schemas.ReferralLine]:
    """Return a page of the caller's income, the newest month first. Raises `StrategyNotFoundError`."""
    if query.strategy_id is not None:
        require_strategy(snapshot, query.strategy_id)
    after = decode_cursor(_NAME, 4, query.cursor)
    referred = Referred(snapshot.session, snapshot.deployment, address_of(caller), noted=False)
    lines = _lines(snapshot, referred, query)
    left = [line for line in lines if after is None or line.key > (-after[0], *after[1:])]
    page, cursor = cut(_NAME, query.limit, left[: query.limit + 1], lambda line: line.cursor)
    data = [
        schemas.ReferralLine(
            month=line.month,
            strategy_id=line.strategy_id,
            source=_SOURCES[line.source],
            amount=snapshot.tokens.amount(line.token, line.amount),
            charges=line.charges,
        )
        for line in page
    ]
    return Page(as_of_block=snapshot.block, data=data, next_cursor=cursor)


class _Line(NamedTuple):
    """A line of the statement; ``source`` and ``token_at`` are places in lists, to sort and go on by."""

    month: str
    strategy_id: int
    source: int
    token_at: int
    token: str
    amount: int
    charges: int

    @property
    def cursor(self) -> tuple[int, ...]:
        """The line's key, as a cursor has it."""
        return int(self.month.replace("-", "")), self.strategy_id, self.source, self.token_at

    @property
    def key(self) -> tuple[int, ...]:
        """By which lines are sorted."""
        month, *rest = self.cursor
        return -month, *rest


def _lines(snapshot: Snapshot, referred: Referred, query: schemas.ReferralStatementQuery) -> list[_Line]:
    tokens = {token: at for at, token in enumerate(snapshot.tokens.by_address)}
    sums: defaultdict[tuple[str, int, int, str], list[int]] = defaultdict(lambda: [0, 0])
    for day in referred.by_day(query.strategy_id):
        month = utc(day.day).strftime("%Y-%m")
        if query.month in {None, month}:
            found = sums[month, day.strategy_id, _SOURCES.index(cast(schemas.Source, day.kind)), day.token]
            found[0] += day.amount
            found[1] += day.charges
    lines = [
        _Line(month, strategy_id, source, tokens[token], token, amount, charges)
        for (month, strategy_id, source, token), (amount, charges) in sums.items()
    ]
    return sorted(lines, key=lambda line: line.key)


class _Figures(NamedTuple):
    """What was read of a referrer's vaults, by campaign."""

    snapshot: Snapshot
    opened: dict[Group, Opened]
    first_deposits: Sequence[tuple[Group, str, int]]
    volume: Sequence[tuple[Group, str, int]]
    income: Sequence[tuple[Group, str, int]]

    @classmethod
    def read(cls, snapshot: Snapshot, referred: Referred) -> "_Figures":
        """Read them."""
        return cls(
            snapshot, referred.opened(), referred.first_deposits(), referred.volume(), referred.income()
        )

    def earned(self) -> dict[str, int]:
        """Token → income of all."""
        return self._sums(self.income, {group for group, _, _ in self.income})

    def total(self, people: int) -> schemas.ReferralResult:
        """What all came to: so many people, of whom some may have come by several campaigns."""
        return self._result({*self.opened, None}, people, hidden=people < FEWEST)

    def result(self, group: Group) -> schemas.ReferralResult:
        """What a campaign came to.

        Where any is of too few people none is told of: what is missing of the total would be theirs.
        """
        hidden = any(each.people < FEWEST for each in self.opened.values()) or group not in self.opened
        return self._result({group}, self.opened.get(group, _NOTHING).people, hidden=hidden)

    def _result(self, groups: set[Group], people: int, *, hidden: bool) -> schemas.ReferralResult:
        opened = [self.opened.get(group, _NOTHING) for group in groups]
        return schemas.ReferralResult(
            vaults=sum(each.vaults for each in opened),
            open_vaults=sum(each.open_vaults for each in opened),
            people=None if hidden else people,
            first_deposits=None if hidden else self._amounts(self.first_deposits, groups),
            volume=None if hidden else self._amounts(self.volume, groups),
            income=self._amounts(self.income, groups),
        )

    def _amounts(self, rows: Iterable[tuple[Group, str, int]], groups: set[Group]) -> list[Amount]:
        sums = self._sums(rows, groups)
        amount = self.snapshot.tokens.amount
        return [amount(token, sums[token]) for token in self.snapshot.tokens.by_address if token in sums]

    @staticmethod
    def _sums(rows: Iterable[tuple[Group, str, int]], groups: set[Group]) -> dict[str, int]:
        sums: defaultdict[str, int] = defaultdict(int)
        for group, token, units in rows:
            if group in groups:
                sums[token] += units
        return sums


def _balances(
    snapshot: Snapshot, address: str, figures: _Figures, unclaimed: dict[str, int]
) -> list[schemas.ReferralBalance]:
    earned = figures.earned()
    held = list_balances(snapshot.session, snapshot.deployment_id, [address])
    amount = snapshot.tokens.amount
    return [
        schemas.ReferralBalance(
            earned=amount(token, earned[token]),
            unclaimed=amount(token, unclaimed.get(token, 0)),
            claimable=amount(token, held.get((address, token), 0)),
            claim=_claim(snapshot, token) if held.get((address, token), 0) else None,
        )
        for token in snapshot.tokens.by_address
        if token in earned
    ]


def _claim(snapshot: Snapshot, token: str) -> schemas.ClaimTransaction:
    """`claimFees(token)`, which pays whoever sends it what is theirs."""
    data = keccak(text="claimFees(address)")[:4] + encode(["address"], [token])
    symbol, at = snapshot.tokens.by_address[token].symbol, snapshot.deployment
    return schemas.ClaimTransaction(
        chain_id=at.chain_id,
        to=at.hub,
        data="0x" + data.hex(),
        words=f"Move all your fees in {symbol} to your account on the hub.",
    )
