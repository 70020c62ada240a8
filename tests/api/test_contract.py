"""The API keeps what its description says, whatever it is asked: Schemathesis draws the questions.

No answer is a server error, each is of a status, media type and schema that the document names, and what the
document forbids is refused. A few cases of every operation here; thousands in `make test-deep`.
"""

import time
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)
from sqlalchemy import Engine, create_engine, update

from access import migrations as access
from access.sign_in import Place
from api.app import create_app
from indexer.ledger.database import open_engine
from indexer.ledger.models import Deployment
from social import migrations as social
from social.book import Book
from social.campaigns import Wish
from social.posts import ShowAs
from social.reviews import Opinion
from tests.api.people import Person, wallet
from tests.api.world import ALICE, CHAIN_ID, HUB, LEADER, NOBODY, SOLD_OUT, START_TIME, fill_world

ENDLESS = "streamEvents"
"""A stream that does not end has tests of its own: test_live.py."""

FEW, MANY = 4, 120
LONGEST_US = 3_600 * 10**6
"""Cases of each operation and mode; the many are more than 5,000 in all."""

THERE = {
    "strategy_id": 1,
    "vault_id": 2,
    "trade_id": "1-1",
    "order_hash": SOLD_OUT,
    "month": "2024-01",
    "code": "winter24",
    "number": 1,
    **dict.fromkeys(("owner", "recipient", "who"), LEADER),
}
"""What every other question is asked about, lest nearly all were about what is not there."""

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
DOCUMENT = create_app(create_engine("sqlite://")).openapi()
OPERATIONS = [
    (path, method)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
    if operation["operationId"] != ENDLESS
]
MODES = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    engine = open_engine(f"sqlite:///{tmp_path_factory.mktemp('contract') / 'lockstep.db'}")
    fill_world(engine)
    say_something(engine)
    # The indexer hears of a block after the last question: /ready says yes.
    with engine.begin() as connection:
        seen = time.time_ns() // 1000 + LONGEST_US
        connection.execute(update(Deployment).values(head_seen_us=seen))
    yield create_app(engine)
    engine.dispose()


@pytest.fixture(scope="module")
def described(app: FastAPI) -> Any:
    return schemathesis.openapi.from_asgi("/openapi.json", app)


@pytest.fixture(scope="module")
def session(app: FastAPI) -> dict[str, str]:
    """The header of somebody's session."""
    person = Person(TestClient(app), wallet("ann")).sign_in()
    return {"Authorization": f"Bearer {person.token}"}


def say_something(engine: Engine) -> None:
    """Comment 1, review 2, and a campaign, so that not all are asked about in vain."""
    access.upgrade(engine)
    social.upgrade(engine)
    book = Book.of(engine, Place(CHAIN_ID, HUB), b"secret", chain_clock=lambda: START_TIME * 10**6)
    book.comments.add(ALICE, 1, "Hello.", reply_to=None, show_as=ShowAs.PSEUDONYM)
    said = Opinion(4, "Calm.", with_badge=True)
    book.reviews.add(ALICE, 1, said, leader=LEADER, show_as=ShowAs.SHORTENED)
    book.campaigns.add(NOBODY, Wish("winter24", "Winter", None, None, None))


def ask(
    described: Any,
    path: str,
    method: str,
    mode: GenerationMode,
    cases: int,
    *,
    headers: dict[str, str] | None = None,
) -> int:
    """Ask an operation so many questions, and check each answer; how many were asked."""
    operation = described[path][method]
    if mode is GenerationMode.NEGATIVE and not _refuses(DOCUMENT["paths"][path][method]):
        return 0
    asked = 0

    @settings(
        max_examples=cases,
        deadline=None,
        database=None,
        derandomize=True,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def run(case: Any) -> None:
        nonlocal asked
        asked += 1
        if mode is GenerationMode.POSITIVE and asked % 2:
            case.path_parameters |= {name: THERE[name] for name in case.path_parameters if name in THERE}
            if isinstance(case.body, dict) and "strategy_id" in case.body:
                case.body["strategy_id"] = THERE["strategy_id"]
        case.call_and_validate(checks=CHECKS, headers=headers)

    run()
    return asked


def _refuses(operation: dict[str, Any]) -> bool:
    """Whether there is anything that an operation could be given wrongly."""
    return bool(operation.get("parameters") or operation.get("requestBody"))


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.value)
@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_answers_are_as_described(described: Any, path: str, method: str, mode: GenerationMode) -> None:
    ask(described, path, method, mode, FEW)


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.value)
@pytest.mark.parametrize(
    ("path", "method"),
    [
        (path, method)
        for path, method in OPERATIONS
        if {"social", "referrals"} & set(DOCUMENT["paths"][path][method]["tags"])
    ],
)
def test_answers_to_who_is_signed_in_are_as_described(
    described: Any, session: dict[str, str], path: str, method: str, mode: GenerationMode
) -> None:
    ask(described, path, method, mode, FEW, headers=session)


@pytest.mark.deep
def test_5000_answers_are_as_described(described: Any) -> None:
    asked = sum(ask(described, path, method, mode, MANY) for path, method in OPERATIONS for mode in MODES)
    assert asked >= 5_000
