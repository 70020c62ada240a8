"""What operators stop."""

from pydantic import Field, model_validator

from api.addresses import Address
from api.admin.reasons import Reasoned
from api.keepers.schemas import Scope
from api.schemas import ADDRESS_EXAMPLE


class StopBody(Reasoned):
    """Something to be stopped."""

    scope: Scope = Field(description="What is stopped.", examples=["leader"])
    leader: Address | None = Field(
        default=None, description="Which leader, for scope leader.", examples=[ADDRESS_EXAMPLE]
    )
    strategy_id: int | None = Field(
        default=None, ge=1, lt=2**32, description="Which strategy, for scope strategy.", examples=[3]
    )

    @model_validator(mode="after")
    def _one_subject(self) -> "StopBody":
        wanted = {"leader": (True, False), "strategy": (False, True), "entries": (False, False)}
        if (self.leader is not None, self.strategy_id is not None) != wanted[self.scope]:
            raise ValueError("scope leader needs `leader`, strategy needs `strategy_id`, entries neither")
        return self

    @property
    def subject(self) -> str:
        """The subject as the inbox keeps it."""
        return self.leader or ("" if self.strategy_id is None else str(self.strategy_id))
