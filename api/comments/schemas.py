"""What the API says of comments, and what it is told about them."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from api.paging import PageQuery
from api.schemas import UINT32_MAX, Schema
from api.social.schemas import STATE, WRITTEN_EXAMPLE, Author, Hidden, PostState, SeenAs, Told
from social.comments import MOST_REPLIES, MOST_TEXT

_StrategyId = Annotated[int, Field(strict=True, ge=0, le=UINT32_MAX)]
_NumberOfPost = Annotated[int, Field(strict=True, ge=1, lt=2**63)]


class CommentText(Told):
    """What is written."""

    text: str = Field(
        min_length=1,
        max_length=MOST_TEXT,
        description="Plain text; it is never read as HTML or Markdown.",
        examples=["How large is your own stake?"],
    )


class CommentOrder(CommentText):
    """A comment to be written."""

    strategy_id: _StrategyId = Field(description="On which strategy.", examples=[3])
    reply_to: _NumberOfPost | None = Field(
        default=None, description="A comment that is no reply itself; null: a new thread.", examples=[12]
    )
    show_as: SeenAs = Field(
        default="pseudonym",
        description="Under which name you are seen. Who has the chain can find an address from a part of it.",
        examples=["pseudonym"],
    )


class Reply(Schema):
    """A comment, as it is shown."""

    id: int = Field(description="Its number.", examples=[12])
    strategy_id: int = Field(description="The strategy.", examples=[3])
    reply_to: int | None = Field(description="The comment it replies to; null: none.", examples=[11])
    author: Author = Field(description="Who is seen as its author.")
    written: datetime = Field(description="When it was written, UTC.", examples=[WRITTEN_EXAMPLE])
    edited: datetime | None = Field(
        description="When it was last changed, UTC; null: never.", examples=[WRITTEN_EXAMPLE]
    )
    text: str | None = Field(
        description="Plain text; null where it is not shown.", examples=["How large is your own stake?"]
    )
    state: PostState = Field(description=STATE, examples=["shown"])
    hidden: Hidden | None = Field(description="Why staff hid it; null: it did not.")


class Comment(Reply):
    """A comment with what was replied."""

    replies: list[Reply] = Field(description=f"The oldest first, {MOST_REPLIES} at most.")


class Comments(Schema):
    """Part of the comments on a strategy."""

    data: list[Comment] = Field(description="Threads, the newest first.")
    next_cursor: str | None = Field(
        description="Send it as `cursor` for the next page; null on the last.",
        examples=["WyJjb21tZW50cyIsMTJd"],
    )


class CommentRevision(Schema):
    """What a comment said once."""

    written: datetime = Field(description="When, UTC.", examples=[WRITTEN_EXAMPLE])
    text: str | None = Field(
        description="What it said; null: it was withdrawn then.", examples=["How large is your stake?"]
    )


class CommentHistory(Schema):
    """A comment with all that it said."""

    comment: Comment = Field(description="As it is now.")
    revisions: list[CommentRevision] = Field(description="The oldest first; empty where it is not shown now.")


class CommentsQuery(PageQuery):
    """Parameters of the list of comments."""

    strategy_id: Annotated[int, Field(ge=0, le=UINT32_MAX, description="The strategy.", examples=[3])]
