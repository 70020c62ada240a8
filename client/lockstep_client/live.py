"""The live stream, which goes on where it broke off."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from httpx_sse import EventSource

from lockstep_client import models
from lockstep_client.base import Model
from lockstep_client.http import Http
from lockstep_client.problems import NotReachedError

KINDS: Mapping[str, type[Model]] = {
    "trade": models.TradeHappened,
    "copy": models.CopyHappened,
    "order": models.OrderHappened,
    "fee": models.FeeHappened,
    "policy": models.PolicyHappened,
    "terms": models.TermsHappened,
    "block": models.BlockHappened,
    "rollback": models.RollbackHappened,
}
BEGINNING = "0-0-00000000"
"""The id after which everything is told from the start."""

_SILENCE_S = 45.0
"""The server says something every 15 seconds."""

_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.2, 10.0


@dataclass(frozen=True, slots=True)
class Event:
    """What happened: `data` is the model of its `kind`, None for one that this version does not know.

    `id` goes on after it: keep it, and hand it over as `after` next time.
    """

    kind: str
    id: str
    data: Model | None


def listen(
    http: Http,
    query: Mapping[str, Any],
    *,
    after: str | None,
    patience: float,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[Event]:
    """Give events without end, nothing twice and nothing left out.

    A `rollback` takes back what was told of blocks above its ancestor. A connection that breaks is made anew
    after the last id; raises `NotReachedError` once that has failed for ``patience`` seconds together, and
    `ProblemError` where the API refuses.
    """
    last, pause, waited = after, _FIRST_PAUSE_S, 0.0
    while True:
        headers = {"Accept": "text/event-stream"} | ({} if last is None else {"Last-Event-ID": last})
        try:
            with http.stream("/v1/events", query, headers, _SILENCE_S) as answer:
                for told in EventSource(answer).iter_sse():
                    if not told.id:
                        continue
                    last, pause, waited = told.id, _FIRST_PAUSE_S, 0.0
                    model = KINDS.get(told.event)
                    data = None if model is None else model.model_validate_json(told.data)
                    yield Event(told.event, told.id, data)
        except NotReachedError:
            if waited >= patience:
                raise
        sleep(pause)
        waited, pause = waited + pause, min(2 * pause, _LONGEST_PAUSE_S)
