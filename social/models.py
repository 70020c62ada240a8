"""Tables of what people say. Times `*_us` are unix microseconds, addresses EIP-55 text, lists JSON text.

What was written is kept revision by revision, also where it is withdrawn or hidden: staff must be able to
see what a report is about.
"""

from sqlalchemy import BigInteger, Boolean, Index, Integer, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from indexer.ledger.models.base import Address, Hash

Id = BigInteger().with_variant(Integer, "sqlite")
Name = String(20)
Word = String(16)


class Base(DeclarativeBase):
    """The metadata of what people say."""


class Handle(Base):
    """A handle that somebody has claimed: theirs for good, also after they have taken another.

    `skeleton` is what it looks like (`social.names`): no two handles look alike.
    """

    __tablename__ = "social_handles"
    __table_args__ = (Index("ix_social_handles_address", "address", "since_us"),)

    skeleton: Mapped[str] = mapped_column(Name, primary_key=True)
    handle: Mapped[str] = mapped_column(Name)
    address: Mapped[str] = mapped_column(Address)
    since_us: Mapped[int] = mapped_column(BigInteger)


class Profile(Base):
    """What somebody says of themselves. `claim` is the text that their wallet signed.

    With `removed_us` it was taken off: everything but the address is empty then.
    """

    __tablename__ = "social_profiles"
    __table_args__ = (Index("ix_social_profiles_skeleton", "skeleton"),)

    address: Mapped[str] = mapped_column(Address, primary_key=True)
    skeleton: Mapped[str] = mapped_column(Name)
    handle: Mapped[str] = mapped_column(Name)
    claim: Mapped[str] = mapped_column(Text)
    signature: Mapped[str] = mapped_column(Text)
    signed_us: Mapped[int] = mapped_column(BigInteger)
    outside_site: Mapped[str | None] = mapped_column(Word)
    outside_name: Mapped[str | None] = mapped_column(String(40))
    about: Mapped[str] = mapped_column(Text)
    links: Mapped[str] = mapped_column(Text)
    created_us: Mapped[int] = mapped_column(BigInteger)
    changed_us: Mapped[int] = mapped_column(BigInteger)
    removed_us: Mapped[int | None] = mapped_column(BigInteger)
    hidden_us: Mapped[int | None] = mapped_column(BigInteger)
    hidden_code: Mapped[str | None] = mapped_column(Word)


class Post(Base):
    """A leader's annotation of a trade, a comment, or a review, as it reads now; `kind` says which.

    `text` is empty where it was withdrawn. Annotations have `trade_id` and the transaction that opened the
    trade, by which it is known again after a reorg; comments may have `reply_to`; reviews have `rating` and
    `with_badge`. `show_as` says under which name its author wants to be seen.
    """

    __tablename__ = "social_posts"
    __table_args__ = (
        Index("ix_social_posts_strategy", "chain_id", "hub", "kind", "strategy_id", "id"),
        Index("ix_social_posts_author", "author", "kind", "id"),
        Index("ix_social_posts_reply", "reply_to", "id"),
        Index("ix_social_posts_trade", "chain_id", "hub", "trade_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=True)
    chain_id: Mapped[int] = mapped_column(BigInteger)
    hub: Mapped[str] = mapped_column(Address)
    kind: Mapped[str] = mapped_column(Word)
    strategy_id: Mapped[int] = mapped_column(BigInteger)
    author: Mapped[str] = mapped_column(Address)
    text: Mapped[str] = mapped_column(Text)
    written_us: Mapped[int] = mapped_column(BigInteger)
    changed_us: Mapped[int] = mapped_column(BigInteger)
    withdrawn_us: Mapped[int | None] = mapped_column(BigInteger)
    hidden_us: Mapped[int | None] = mapped_column(BigInteger)
    hidden_code: Mapped[str | None] = mapped_column(Word)
    trade_id: Mapped[int | None] = mapped_column(BigInteger)
    trade_tx: Mapped[str | None] = mapped_column(Hash)
    reply_to: Mapped[int | None] = mapped_column(Id)
    show_as: Mapped[str | None] = mapped_column(Word)
    rating: Mapped[int | None] = mapped_column(Integer)
    with_badge: Mapped[bool | None] = mapped_column(Boolean)


class Revision(Base):
    """A post as it was written once; `text` is null where it was withdrawn then. Rows are only ever added.

    `chain_s` of an annotation is the time of the ledger's last block then, in unix seconds: hindsight is
    measured on the chain's own clock.
    """

    __tablename__ = "social_revisions"
    __table_args__ = (Index("ix_social_revisions_written", "written_us"),)

    post_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    written_us: Mapped[int] = mapped_column(BigInteger)
    chain_s: Mapped[int | None] = mapped_column(BigInteger)
    text: Mapped[str | None] = mapped_column(Text)
    rating: Mapped[int | None] = mapped_column(Integer)


class Campaign(Base):
    """A code that stands for a referrer, of one hub. `ends_us` is null while no end is set.

    Its times are the chain's own: those of blocks.
    """

    __tablename__ = "social_campaigns"
    __table_args__ = (Index("ix_social_campaigns_referrer", "referrer"),)

    chain_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    hub: Mapped[str] = mapped_column(Address, primary_key=True)
    skeleton: Mapped[str] = mapped_column(Name, primary_key=True)
    code: Mapped[str] = mapped_column(Name)
    referrer: Mapped[str] = mapped_column(Address)
    title: Mapped[str] = mapped_column(String(80))
    strategy_id: Mapped[int | None] = mapped_column(BigInteger)
    starts_us: Mapped[int] = mapped_column(BigInteger)
    ends_us: Mapped[int | None] = mapped_column(BigInteger)
    created_us: Mapped[int] = mapped_column(BigInteger)


class CampaignNote(Base):
    """A vault's owner said that a campaign brought them. The transaction that opened it tells the vault from
    one that has its number after a reorg.
    """

    __tablename__ = "social_campaign_notes"

    chain_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    hub: Mapped[str] = mapped_column(Address, primary_key=True)
    vault_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    tx_hash: Mapped[str] = mapped_column(Hash, primary_key=True)
    skeleton: Mapped[str] = mapped_column(Name)
    noted_us: Mapped[int] = mapped_column(BigInteger)


class Follow(Base):
    """Somebody watches a strategy without money in it."""

    __tablename__ = "social_follows"
    __table_args__ = (Index("ix_social_follows_strategy", "chain_id", "hub", "strategy_id"),)

    chain_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    hub: Mapped[str] = mapped_column(Address, primary_key=True)
    address: Mapped[str] = mapped_column(Address, primary_key=True)
    strategy_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    since_us: Mapped[int] = mapped_column(BigInteger)


class Case(Base):
    """Something that was reported on a hub, or that staff looked at. It is open while a report waits.

    `subject_id` is a post's number, or a profile's address.
    """

    __tablename__ = "social_cases"
    __table_args__ = (
        Index("ix_social_cases_subject", "chain_id", "hub", "subject", "subject_id", unique=True),
        Index("ix_social_cases_open", "chain_id", "hub", "is_open", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=True)
    chain_id: Mapped[int] = mapped_column(BigInteger)
    hub: Mapped[str] = mapped_column(Address)
    subject: Mapped[str] = mapped_column(Word)
    subject_id: Mapped[str] = mapped_column(Address)
    is_open: Mapped[bool] = mapped_column(Boolean)


class Report(Base):
    """Somebody says what is wrong with something; once each."""

    __tablename__ = "social_reports"
    __table_args__ = (Index("ix_social_reports_reporter", "reporter", "reported_us"),)

    case_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    reporter: Mapped[str] = mapped_column(Address, primary_key=True)
    reason: Mapped[str] = mapped_column(Word)
    words: Mapped[str] = mapped_column(Text)
    reported_us: Mapped[int] = mapped_column(BigInteger)
