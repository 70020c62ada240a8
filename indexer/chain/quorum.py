"""Which head to believe: the newest block that a majority of the healthy endpoints has.

A head that one node alone tells of may be of a fork that the others never see. With one healthy endpoint
there is nobody to ask: its head is believed, and the log says so.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping

import structlog

from indexer.chain.endpoint import FIX_URL, Endpoint
from indexer.chain.errors import ChainError, NodeUnreachableError, NoQuorumError
from indexer.chain.rpc import RpcClient
from indexer.chain.wire import Params, WireHeader

log = structlog.get_logger()

_VOTE_S = 5.0
"""How long an endpoint has to answer. Its silence counts as a vote for nothing."""
_STEPS_BACK = 8
"""How far below the newest common height agreement is looked for: nodes part for a few blocks at times."""

Votes = Mapping[Endpoint, WireHeader]


async def agreed_head(rpc: RpcClient) -> WireHeader:
    """The newest block with the same hash at more than half of the healthy endpoints.

    Raises `NoQuorumError` where there is none, and the node's own error where only one endpoint exists.
    """
    if len(rpc.endpoints) == 1:
        head = await rpc.call("eth_getBlockByNumber", ["latest", False], WireHeader)
        rpc.endpoints[0].health.height = int(head.number, 16)
        return head
    failure: ChainError | None = None
    async for _ in rpc.rounds():
        try:
            return await _agree(rpc)
        except (NoQuorumError, NodeUnreachableError) as error:
            failure = error
    raise failure or NoQuorumError("Nobody was asked for the head.", remedy=FIX_URL)


async def _agree(rpc: RpcClient) -> WireHeader:
    electorate = rpc.healthy
    needed = len(electorate) // 2 + 1
    if len(electorate) == 1:
        log.warning("head_of_one_endpoint", endpoint=electorate[0].name, endpoints=len(rpc.endpoints))
    votes, failures = await _vote(rpc, electorate, "latest")
    for endpoint, head in votes.items():
        endpoint.health.height = int(head.number, 16)
    if len(votes) < needed:
        raise _no_quorum(needed, votes, failures)
    height = sorted((int(each.number, 16) for each in votes.values()), reverse=True)[needed - 1]
    for number in range(height, max(-1, height - _STEPS_BACK), -1):
        have = await _at(rpc, votes, number)
        chosen = _majority(have, needed)
        if chosen is not None:
            _judge(rpc, have, chosen)
            return chosen
    raise _no_quorum(needed, votes, failures)


async def _vote(
    rpc: RpcClient, endpoints: Iterable[Endpoint], block: str
) -> tuple[dict[Endpoint, WireHeader], dict[Endpoint, str]]:
    """What each endpoint has at a height or as its head, and why some have nothing to say."""
    asked = list(endpoints)
    params: Params = [block, False]

    async def one(endpoint: Endpoint) -> WireHeader:
        async with asyncio.timeout(_VOTE_S):
            return (await rpc.ask(endpoint, "eth_getBlockByNumber", [params], WireHeader))[0]

    found = await asyncio.gather(*(one(each) for each in asked), return_exceptions=True)
    votes: dict[Endpoint, WireHeader] = {}
    failures: dict[Endpoint, str] = {}
    for endpoint, answer in zip(asked, found, strict=True):
        if isinstance(answer, WireHeader):
            votes[endpoint] = answer
        elif isinstance(answer, ChainError):
            failures[endpoint] = str(answer)
        elif isinstance(answer, TimeoutError):
            endpoint.health.bad()
            failures[endpoint] = f"The node at {endpoint.name} did not answer within {_VOTE_S:.0f} s."
        else:
            raise answer
    return votes, failures


async def _at(rpc: RpcClient, votes: Votes, number: int) -> dict[Endpoint, WireHeader]:
    """The block that each endpoint has at a height; those that end below it have none."""
    have = {endpoint: head for endpoint, head in votes.items() if int(head.number, 16) == number}
    above = [endpoint for endpoint, head in votes.items() if int(head.number, 16) > number]
    if above:
        have |= (await _vote(rpc, above, hex(number)))[0]
    return have


def _majority(have: Votes, needed: int) -> WireHeader | None:
    counted = Counter(each.hash.lower() for each in have.values())
    return next((each for each in have.values() if counted[each.hash.lower()] >= needed), None)


def _judge(rpc: RpcClient, have: Votes, chosen: WireHeader) -> None:
    """Whoever has another block at the height is on a fork of its own."""
    rpc.need_height(int(chosen.number, 16))
    for endpoint, header in have.items():
        if header.hash.lower() != chosen.hash.lower():
            log.warning("endpoint_on_a_fork", endpoint=endpoint.name, block=int(chosen.number, 16))
            if endpoint.name == rpc.url:
                rpc.distrust("it is on a fork of its own")
            else:
                endpoint.health.bad()


def _no_quorum(needed: int, votes: Votes, failures: Mapping[Endpoint, str]) -> ChainError:
    if not votes:
        return NodeUnreachableError(
            f"None of {len(failures)} nodes answers. {' '.join(failures.values())}",
            remedy=FIX_URL,
        )
    said = [
        f"{each.name} has block {int(head.number, 16)} ({head.hash[:10]})" for each, head in votes.items()
    ]
    return NoQuorumError(
        f"No head has the majority of {needed} that it needs: {'; '.join([*said, *failures.values()])}.",
        remedy="Wait, if a node is catching up or the chain reorganises. If it stays, take the endpoint that "
        "is wrong out of --rpc-url; three endpoints outvote one, two cannot.",
    )
