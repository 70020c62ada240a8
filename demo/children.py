"""Child processes that never outlive the demo: each has its own process group and dies with its parent."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

_ROOT = Path(__file__).resolve().parent.parent


@contextlib.contextmanager
def running(
    command: Sequence[str | Path],
    *,
    output: IO[bytes],
    environment: Mapping[str, str] | None = None,
    patience: float = 3.0,
    folder: Path = _ROOT,
) -> Iterator[subprocess.Popen[bytes]]:
    """Runs `command` in `folder` while the block runs, then stops its whole process group.

    Its output goes to `output`. After `patience` seconds a child that ignores being asked is killed.
    Call it from the main thread: on Linux the child dies with the thread that started it.
    """
    child = subprocess.Popen(  # noqa: S603 - the programs are the checkout's own
        [sys.executable, "-m", "demo.die_with_parent", str(os.getpid()), *map(str, command)],
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        cwd=folder,
        # The module that it starts with is found wherever it runs.
        env={**os.environ, **(environment or {}), "PYTHONPATH": str(_ROOT)},
        start_new_session=True,
    )
    try:
        yield child
    finally:
        _stop(child, patience)


def _stop(child: subprocess.Popen[bytes], patience: float) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGTERM)
    try:
        child.wait(patience)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
