"""What the API tells staff of reports, and what staff says of them."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from api.admin.reasons import Why
from api.paging import PageQuery
from api.reports.schemas import SubjectNamed
from api.schemas import ADDRESS_EXAMPLE, Schema
from api.social.schemas import WRITTEN_EXAMPLE, Hidden, PostState
from social.moderation import ModerationAct, ReportReason, SubjectKind


class ModerationOrder(SubjectNamed):
    """An act about what somebody wrote."""

    act: ModerationAct = Field(
        description="hide takes the words away from everybody but staff, restore takes that back, dismiss "
        "ends the reports and changes nothing.",
        examples=["hide"],
    )
    code: ReportReason | None = Field(
        default=None, description="With hide alone: what everybody is told instead.", examples=["spam"]
    )
    why: Why


class CaseReport(Schema):
    """What somebody said is wrong. Who did is not told."""

    reason: ReportReason = Field(description="What is wrong.", examples=["spam"])
    words: str = Field(description="More about it; may be empty.", examples=["Sells a course."])
    reported: datetime = Field(description="When, UTC.", examples=[WRITTEN_EXAMPLE])


class ModerationCase(Schema):
    """Something that was reported, or that staff looked at, as staff sees it."""

    number: int = Field(description="The case's number.", examples=[4])
    open: bool = Field(description="Whether a report waits.", examples=[True])
    subject: SubjectKind = Field(description="What it is about.", examples=["comment"])
    id: str = Field(description="Its number; of a profile, the handle.", examples=["12"])
    strategy_id: int | None = Field(description="The strategy; null for a profile.", examples=[3])
    text: str = Field(
        description="The words, also where others do not see them.", examples=["Buy my course!"]
    )
    author: str = Field(description="Whose they are, EIP-55.", examples=[ADDRESS_EXAMPLE])
    state: PostState = Field(description="What others see of it.", examples=["shown"])
    hidden: Hidden | None = Field(description="Why it is hidden; null: it is not.")
    reports: list[CaseReport] = Field(description="The oldest first.")
    first_reported: datetime | None = Field(
        description="When the first came, UTC; null: none did.", examples=[WRITTEN_EXAMPLE]
    )
    last_reported: datetime | None = Field(
        description="When the last came, UTC; null: none did.", examples=[WRITTEN_EXAMPLE]
    )


class ModerationCases(Schema):
    """Part of the cases."""

    data: list[ModerationCase] = Field(description="The newest first.")
    next_cursor: str | None = Field(
        description="Send it as `cursor` for the next page; null on the last.", examples=["WyJjYXNlcyIsNF0"]
    )


class CasesQuery(PageQuery):
    """Parameters of the list of cases."""

    state: Annotated[
        Literal["open", "all"], Field(description="Only those in which a report waits, or all.")
    ] = "open"
