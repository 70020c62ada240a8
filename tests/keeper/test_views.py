"""What a keeper makes of answers that are none."""

from typing import Any

import pytest

from indexer.chain.errors import NotANodeError
from indexer.chain.rpc import RpcClient
from keeper.views import Views
from simulation.proxy import Call, Proxy
from tests.keeper.world import World


@pytest.mark.parametrize("answer", ["0x", "0x00", "0x" + "ff" * 32])
async def test_answer_that_no_view_gives_is_the_nodes_fault_and_no_crash(world: World, answer: str) -> None:
    def broken(call: Call, result: Any) -> Any:
        return answer if call["method"] == "eth_call" else result

    proxy = Proxy(world.stage.node.http_url)
    async with proxy.running(), RpcClient(proxy.url, attempts=1) as rpc:
        views = Views(rpc, world.stage.deployment.hub)
        assert (await views.many([("strategyCount", ()), ("vaultCount", ())]))[0] == 1
        proxy.fault = broken
        with pytest.raises(NotANodeError):
            await views.many([("strategyCount", ()), ("vaultCount", ())])
        with pytest.raises(NotANodeError):
            await views.many([("strategyOf", (1,))])
