"""A keeper's key can pay for gas, and nothing else: by what it signs, and by what the hub lets it do."""

import json
from pathlib import Path
from typing import Any

import pytest
from eth_account import Account

from indexer.chain.rpc import RpcClient
from keeper import hub
from keeper.keys import (
    ForbiddenTransactionError,
    KeyUnavailableError,
    RemoteSigner,
    from_keystore,
    from_secret,
    refuse_what_no_keeper_signs,
)
from orders.order import WAD
from tests.keeper.world import USDC, World

KEY = "0x" + "11" * 32
HUB = "0x" + "aa" * 20


def fields(data: str, *, to: str = HUB, value: int = 0) -> dict[str, Any]:
    return {"to": to, "value": value, "data": data}


@pytest.mark.parametrize(
    "name",
    ["withdraw", "deallocate", "exit", "claimFees", "allocate", "cancelOrders", "setPolicy", "requestExit"],
)
def test_keeper_signs_no_call_that_moves_money_not_even_inside_another(name: str) -> None:
    selector = hub.call("multicall", [])[:10]
    inner = hub._FUNCTIONS[name].selector
    for data in ("0x" + inner.hex(), hub.call("multicall", [inner]), hub.call("multicall", [b"", inner])):
        with pytest.raises(ForbiddenTransactionError):
            refuse_what_no_keeper_signs(fields(data), sender="0xme", hub_address=HUB)
    assert selector in hub.call("multicall", [])


def test_keeper_sends_no_ether_and_calls_no_other_contract() -> None:
    data = hub.call("continueTrade", 1, 1)
    refuse_what_no_keeper_signs(fields(data), sender="0xme", hub_address=HUB)
    refuse_what_no_keeper_signs(fields("0x", to="0xme"), sender="0xme", hub_address=HUB)
    for bad in (fields(data, value=1), fields(data, to="0xother"), fields("0x", to="0xother"), fields("0x")):
        with pytest.raises(ForbiddenTransactionError):
            refuse_what_no_keeper_signs(bad, sender="0xme", hub_address=HUB)


async def test_hub_lets_a_keepers_key_take_nothing_out_of_anybodys_vault_or_account(world: World) -> None:
    [ann] = world.join("ann")
    world.post(world.order(nonce=1))
    await world.work(await world.keeper())
    stage = world.stage
    thief = stage.person("keeper").address
    usdc, weth = stage.usdc.address, stage.weth.address
    held = world.held(ann, "USDC")
    calls = [
        stage.hub.withdraw(usdc, 1, thief),
        stage.hub.deallocate(ann, usdc, held),
        stage.hub.exit(ann, [usdc, weth], thief),
        stage.hub.claimFees(usdc),
        stage.hub.allocate(ann, 1),
        stage.hub.manualTrade((ann, stage.pool, weth, usdc, 1, 0, stage.time + 100)),
        stage.hub.trade((1, stage.pool, weth, usdc, WAD, 0, stage.time + 100)),
        stage.hub.setPolicy(ann, (0,) * 18),
        stage.hub.requestExit(ann),
        stage.hub.leaveStrategy(ann),
        stage.hub.closeVaults((1, stage.pool, weth, [ann])),
    ]
    refused = []
    for call in calls:
        params = {"from": thief, "to": stage.deployment.hub, "data": call._encode_transaction_data()}
        answer = stage.chain._provider.make_request("eth_call", [params, "latest"])  # type: ignore[arg-type]
        assert "error" in answer, call.fn_name
        refused.append(hub.error(bytes.fromhex(str(answer["error"]["data"])[2:])).name)
    assert refused == [
        "InsufficientBalance",
        "NotVaultOwner",
        "NotVaultOwner",
        "ZeroAmount",
        "NotVaultOwner",
        "NotVaultOwner",
        "NotLeader",
        "NotVaultOwner",
        "NotVaultOwner",
        "NotVaultOwner",
        "NotClosable",
    ]
    assert world.held(ann, "USDC") == held > 0
    for token in (stage.usdc, stage.weth):
        assert token.contract.functions.balanceOf(thief).call() == 0
    assert held <= 1_000 * USDC


def test_key_comes_from_a_keystore_with_its_password_alone(tmp_path: Path) -> None:
    file = tmp_path / "keeper.json"
    file.write_text(json.dumps(Account.encrypt(KEY, "open sesame", kdf="pbkdf2", iterations=10)))
    assert from_keystore(file, "open sesame").address == Account.from_key(KEY).address
    with pytest.raises(KeyUnavailableError) as wrong:
        from_keystore(file, "open barley")
    assert "LOCKSTEP_KEEPER_PASSWORD" in wrong.value.remedy
    with pytest.raises(KeyUnavailableError):
        from_keystore(tmp_path / "none.json", "")
    file.write_text("[]")
    with pytest.raises(KeyUnavailableError):
        from_keystore(file, "")


def test_key_in_the_environment_is_not_repeated_when_it_is_wrong() -> None:
    assert from_secret(KEY).address == Account.from_key(KEY).address
    with pytest.raises(KeyUnavailableError) as wrong:
        from_secret("hunter2")
    assert "hunter2" not in str(wrong.value) + wrong.value.remedy
    assert wrong.value.__cause__ is None


async def test_remote_signer_signs_for_its_address_and_is_not_believed_for_another(world: World) -> None:
    chain = world.stage.chain.w3.eth
    holder, other = chain.accounts[3], chain.accounts[4]
    asked = {
        "type": 2,
        "chainId": world.stage.deployment.chain_id,
        "nonce": 0,
        "to": world.stage.deployment.hub,
        "value": 0,
        "data": hub.call("continueTrade", 1, 1),
        "gas": 100_000,
        "maxFeePerGas": 10**10,
        "maxPriorityFeePerGas": 10**9,
    }
    async with RpcClient(world.stage.node.http_url) as rpc:
        raw = await RemoteSigner(rpc, holder).sign(asked)
        assert Account.recover_transaction(raw) == holder

        class Swapped(RpcClient):
            """A signer that signs with whatever key it likes."""

            async def call(self, method: str, params: Any, shape: Any) -> Any:
                return await rpc.call(method, [params[0] | {"from": other}], shape)

        with pytest.raises(KeyUnavailableError, match="did not sign for"):
            await RemoteSigner(Swapped(""), holder).sign(asked)

        class Altered(RpcClient):
            """A signer that lets the transaction say something else."""

            async def call(self, method: str, params: Any, shape: Any) -> Any:
                return await rpc.call(method, [params[0] | {"data": hub.call("applyTerms", 1)}], shape)

        with pytest.raises(KeyUnavailableError, match="something else"):
            await RemoteSigner(Altered(""), holder).sign(asked)
