"""How a command ends when something known is wrong: one sentence, what to do, exit code 1, no traceback."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer
from rich.console import Console
from sqlalchemy.exc import DBAPIError

from demo.errors import DemoError
from indexer.errors import IndexerError
from indexer.ledger.database import why

_DATABASE = (
    "Check its disk space, its connection, and that no other program holds it, then start again: nothing was "
    "written by halves."
)


@contextmanager
def told() -> Iterator[None]:
    """Turn a known error into its message on standard error and exit code 1."""
    try:
        yield
    except IndexerError as error:
        _tell(str(error), error.remedy)
        raise typer.Exit(1) from None
    except DemoError as error:
        _tell(error.problem, error.remedy)
        raise typer.Exit(1) from None
    except DBAPIError as error:
        _tell(f"The database failed: {why(error)}.", _DATABASE)
        raise typer.Exit(1) from None


def _tell(problem: str, remedy: str) -> None:
    console = Console(stderr=True)
    console.print("Error: ", style="bold red", end="")
    console.print(problem, markup=False, highlight=False, soft_wrap=True)
    console.print(remedy, markup=False, highlight=False, soft_wrap=True)
