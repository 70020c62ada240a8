"""The market of a block of a real chain, for the paper hub: what oracle, venue and pools say there.

The pool's state of the block before goes into the model of it; nothing of what the hub's own swap did.
"""

from dataclasses import dataclass
from typing import Any

from eth_abi.abi import encode
from web3 import Web3
from web3.exceptions import ContractCustomError

from demo.uniswap import Pool as Deployed
from paper import pool
from paper.market import Swapped, View
from paper.refused import RefusedError
from tests.e2e.stage import Stage

WORD = 256


@dataclass
class ChainMarket:
    """What the transaction of block ``block`` met there."""

    stage: Stage
    block: int = 0

    def price_down(self, token_in: str, token_out: str) -> int:
        call = self.stage.contracts.oracle.functions.priceDown(token_in, token_out)
        try:
            return int(call.call(block_identifier=self.block))
        except ContractCustomError as error:
            name, arguments = self.stage.chain._error_name(bytes.fromhex(str(error.data)[2:])).split("(")
            raise RefusedError(name, arguments.removesuffix(")")) from None

    def view(self, pool_: str, token_in: str, token_out: str, amount_in: int, impact_bps: int) -> View:
        """Both the venue's own word and the model's, which must agree."""
        said = self._venue(pool_, token_in, token_out, amount_in, impact_bps)
        tick, liquidity = self._average(pool_)
        modelled = pool.view(
            tick, liquidity, amount_in, impact_bps, zero_for_one=_ascends(token_in, token_out)
        )
        assert said == modelled
        return said

    def swap(self, pool_: str, token_in: str, token_out: str, amount_in: int, price_limit: int) -> Swapped:
        state = read_pool(self.stage, pool_, self.block - 1)
        return state.swap(amount_in, zero_for_one=_ascends(token_in, token_out), price_limit=price_limit)

    def keeper_fee(self, token_out: str, copies: int) -> int:
        del token_out, copies
        return 0

    def _venue(self, pool_: str, token_in: str, token_out: str, amount_in: int, impact_bps: int) -> View:
        types = ["address", "address", "address", "uint256", "uint256"]
        selector = Web3.keccak(text=f"market({','.join(types)})")[:4]
        data = selector + encode(types, [pool_, token_in, token_out, amount_in, impact_bps])
        request = {"to": self.stage.venue, "data": Web3.to_hex(data)}
        answer = self.stage.chain.request("eth_call", request, hex(self.block))
        words = bytes.fromhex(answer[2:])
        return View(int.from_bytes(words[:32]), int.from_bytes(words[32:]))

    def _average(self, pool_: str) -> tuple[int, int]:
        contract = self.stage.exchange.uniswap.contract(deployed(self.stage, pool_))
        window = 300
        ticks, per_liquidity = contract.functions.observe([window, 0]).call(block_identifier=self.block)
        return (ticks[1] - ticks[0]) // window, (window << 128) // (
            (per_liquidity[1] - per_liquidity[0]) % 2**160
        )


def deployed(stage: Stage, address: str) -> Deployed:
    return next(each for each in stage.exchange.pools.values() if each.address == address)


def read_pool(stage: Stage, address: str, block: int) -> pool.Pool:
    """A pool as a block has left it, with every tick that has liquidity."""
    found = deployed(stage, address)
    contract: Any = stage.exchange.uniswap.contract(found)
    spacing = {500: 10, 3_000: 60}[found.fee]
    known = _ticks(stage, address)
    root = contract.functions.slot0().call(block_identifier=block)[0]
    liquidity = contract.functions.liquidity().call(block_identifier=block)
    return pool.Pool(found.fee, spacing, root, liquidity, known)


_KNOWN: dict[tuple[int, str], dict[int, int]] = {}


def _ticks(stage: Stage, address: str) -> dict[int, int]:
    """Liquidity is provided once, when the stage is built: its ticks stay. Tick → net liquidity."""
    key = (id(stage.exchange), address)
    if key not in _KNOWN:
        contract: Any = stage.exchange.uniswap.contract(deployed(stage, address))
        logs = stage.chain.w3.eth.get_logs(
            {
                "fromBlock": 0,
                "address": address,
                "topics": [Web3.keccak(text="Mint(address,address,int24,int24,uint128,uint256,uint256)")],
            }
        )
        ends = {end for log in logs for end in _ends(contract, log)}
        _KNOWN[key] = {end: contract.functions.ticks(end).call()[1] for end in ends}
    return _KNOWN[key]


def _ends(contract: Any, log: Any) -> tuple[int, int]:
    arguments = contract.events.Mint().process_log(log)["args"]
    return arguments["tickLower"], arguments["tickUpper"]


def _ascends(token_in: str, token_out: str) -> bool:
    return int(token_in, 16) < int(token_out, 16)
