"""What every model of an answer is."""

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """A part of an answer: cannot be changed, and takes no notice of fields that a newer server adds."""

    model_config = ConfigDict(frozen=True, extra="ignore")
