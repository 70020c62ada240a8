"""Errors of the demo that the person at the terminal can do something about."""


class DemoError(Exception):
    """Something the demo needs is missing or wrong; `remedy` says what to do about it."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(f"{problem} {remedy}")
        self.problem = problem
        self.remedy = remedy
