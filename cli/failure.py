"""How a command ends when something known is wrong: one sentence, what to do, exit code 1, no traceback."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer
from rich.console import Console

from indexer.errors import IndexerError


@contextmanager
def told() -> Iterator[None]:
    """Turn a known error of the indexer into its message on standard error and exit code 1."""
    try:
        yield
    except IndexerError as error:
        console = Console(stderr=True)
        console.print("Error: ", style="bold red", end="")
        console.print(str(error), markup=False, highlight=False, soft_wrap=True)
        console.print(error.remedy, markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(1) from None
