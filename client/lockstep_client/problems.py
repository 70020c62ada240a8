"""What goes wrong, as exceptions."""

import httpx
from pydantic import ValidationError

from lockstep_client.models import FieldError, Problem


class LockstepError(Exception):
    """Base of everything that this package raises on purpose."""


class NotReachedError(LockstepError):
    """No answer, or one that is none of this API's."""


class ProblemError(LockstepError):
    """The API said what is wrong (RFC 9457): switch on `kind`, show `detail`, do what `remedy` says."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(f"{problem.detail} {problem.remedy}")
        self.problem = problem

    @property
    def kind(self) -> str:
        """The stable name of the kind of problem, such as `vault-not-found`."""
        return self.problem.type.rpartition(":")[2]

    @property
    def status(self) -> int:
        """HTTP status."""
        return self.problem.status

    @property
    def detail(self) -> str:
        """What is wrong with this request."""
        return self.problem.detail

    @property
    def remedy(self) -> str:
        """What to do about it."""
        return self.problem.remedy

    @property
    def errors(self) -> list[FieldError]:
        """The parts of the request at fault."""
        return self.problem.errors or []


def problem_of(answer: httpx.Response) -> LockstepError:
    """Return the exception for an answer that is an error, whose body has been read."""
    try:
        return ProblemError(Problem.model_validate_json(answer.content))
    except ValidationError:
        return NotReachedError(f"{answer.url} answered {answer.status_code}, which is none of Lockstep's.")
