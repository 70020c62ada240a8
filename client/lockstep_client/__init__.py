"""Reads the Lockstep API: typed answers, frames of one block, a live stream that resumes."""

from lockstep_client.client import Lockstep
from lockstep_client.live import BEGINNING, Event
from lockstep_client.problems import LockstepError, NotReachedError, ProblemError
from lockstep_client.rows import MOST_ROWS, Rows

__all__ = [
    "BEGINNING",
    "MOST_ROWS",
    "Event",
    "Lockstep",
    "LockstepError",
    "NotReachedError",
    "ProblemError",
    "Rows",
]
