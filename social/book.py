"""What people say about one hub, part by part. Holds its parts together."""

from dataclasses import dataclass

from sqlalchemy import Engine

from access.sign_in import Place
from inbox.clock import Clock, now_us
from social.annotations import Annotations
from social.authors import pseudonym
from social.campaigns import Campaigns
from social.comments import Comments
from social.follows import Follows
from social.moderation import Moderation
from social.profiles import Profiles
from social.reviews import Reviews


@dataclass(frozen=True, slots=True)
class Book:
    """The parts, for one hub, in a database that has their tables. `secret` makes pseudonyms."""

    place: Place
    secret: bytes
    profiles: Profiles
    annotations: Annotations
    campaigns: Campaigns
    comments: Comments
    reviews: Reviews
    follows: Follows
    moderation: Moderation

    @classmethod
    def of(
        cls, engine: Engine, place: Place, secret: bytes, *, chain_clock: Clock, clock: Clock = now_us
    ) -> "Book":
        """The book of a hub. `chain_clock` is the time of the chain's last block, in unix microseconds."""
        return cls(
            place,
            secret,
            Profiles(engine, clock=clock),
            Annotations(engine, place, clock=clock),
            Campaigns(engine, place, clock=chain_clock),
            Comments(engine, place, clock=clock),
            Reviews(engine, place, clock=clock),
            Follows(engine, place, clock=clock),
            Moderation(engine, place, clock=clock),
        )

    def pseudonym(self, strategy_id: int, address: str) -> str:
        """The name of who wants none, on a strategy."""
        return pseudonym(self.secret, self.place, strategy_id, address)
