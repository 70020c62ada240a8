"""The reason that every act of staff needs: it is kept for good."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Why = Annotated[
    str,
    Field(
        pattern=r"^[^\x00-\x1f]{3,500}$", description="Why; kept for good.", examples=["key reported stolen"]
    ),
]


class Reasoned(BaseModel):
    """An act of staff."""

    model_config = ConfigDict(extra="forbid")

    why: Why
