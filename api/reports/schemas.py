"""What the API is told about what is wrong with a text."""

from pydantic import Field

from api.social.schemas import Told
from social.moderation import MOST_WORDS, ReportReason, SubjectKind

SUBJECT_ID = r"^([1-9][0-9]{0,17}|[A-Za-z](_?[A-Za-z0-9]){2,19})$"


class SubjectNamed(Told):
    """What is meant."""

    subject: SubjectKind = Field(description="What it is.", examples=["comment"])
    id: str = Field(pattern=SUBJECT_ID, description="Its number; of a profile, the handle.", examples=["12"])


class ReportOrder(SubjectNamed):
    """What is wrong with a text, or a profile."""

    reason: ReportReason = Field(description="What is wrong.", examples=["spam"])
    words: str = Field(
        default="", max_length=MOST_WORDS, description="More about it.", examples=["Sells a course."]
    )
