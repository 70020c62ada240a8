"""Where a command's structured logs go: standard error, one line an event, so that its answer stays alone on
stdout.
"""

import logging
import sys
from typing import Any

import structlog


def log_to_stderr(level: int = logging.INFO) -> None:
    """Send structured logs of a level and above to standard error."""
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=_stderr_logger,
        cache_logger_on_first_use=False,
    )


def _stderr_logger(*_: Any) -> structlog.PrintLogger:
    # Asked for at each use: a test or a progress display may have replaced the stream meanwhile.
    return structlog.PrintLogger(sys.stderr)
