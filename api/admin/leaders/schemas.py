"""What staff may say of a leader."""

from pydantic import Field

from access.leaders import LeaderAct
from api.admin.reasons import Reasoned


class LeaderActBody(Reasoned):
    """An act about a leader."""

    act: LeaderAct = Field(
        description="suspend takes the leader's strategies out of discovery; the others take back.",
        examples=["suspend"],
    )
    stop: bool = Field(
        default=False,
        description="With suspend: keepers carry nothing of theirs either, until the stop is lifted.",
        examples=[True],
    )
