"""Calls that two people agree on: who may confirm, and whether the bytes are the hub's and the timelock's."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from eth_utils.address import to_checksum_address
from sqlalchemy import Engine
from web3 import Web3
from web3.contract import Contract

from access.audit import Actor
from access.calls import FORMS, GUARDIANS, NOWHERE, Act, operation_id, through_timelock
from access.desk import Desk
from access.errors import BadProposalError, ProposalClosedError, SamePersonError, UnknownProposalError
from access.proposals import LIFE_US, Governance, Proposals
from access.sign_in import Place
from demo.anvil import anvil
from demo.checkout import Checkout
from tests.access.conftest import PLACE, SITE, Moved

ROOT = Checkout.here().root
ANN, BEN = Actor("0x" + "01" * 20, "1"), Actor("0x" + "02" * 20, "2")
TIMELOCK, ORACLE, TOKEN = (to_checksum_address("0x" + digit * 40) for digit in "789")
GOVERNED = Governance(TIMELOCK, 3_600, ORACLE)


@pytest.fixture
def kept(engine: Engine, clock: Moved) -> Proposals:
    return Desk(engine, SITE, governance=GOVERNED, clock=clock).office(PLACE).proposals


def test_proposal_is_ready_when_another_person_has_confirmed_it(kept: Proposals, clock: Moved) -> None:
    row = kept.propose(Act.LIST_TOKEN, [TOKEN], by=ANN, why="asked for")
    assert (kept.state(row), row.target, row.words) == (
        "proposed",
        PLACE.hub,
        f"List the token {TOKEN}, for good, after the hub's listing delay.",
    )
    with pytest.raises(SamePersonError):
        kept.confirm(row.id, by=ANN)
    clock.pass_s(60)
    row = kept.confirm(row.id, by=BEN)
    assert (kept.state(row), row.confirmed_by, row.confirmed_us) == ("ready", BEN.name, clock.now)
    schedule, execute = kept.transactions(row)
    assert (schedule.step, schedule.to, schedule.not_before) == ("schedule", TIMELOCK, None)
    assert (execute.step, execute.not_before) == ("execute", clock.now // 1_000_000 + 3_600)
    with pytest.raises(ProposalClosedError, match="is ready"):
        kept.confirm(row.id, by=BEN)
    assert kept.state(kept.withdraw(row.id, by=BEN, why="feed is not live")) == "withdrawn"
    with pytest.raises(ProposalClosedError, match="is withdrawn"):
        kept.withdraw(row.id, by=ANN, why="again")


def test_proposal_waits_a_week(kept: Proposals, clock: Moved) -> None:
    row = kept.propose(Act.SET_TREASURY, [TOKEN], by=ANN, why="moved")
    clock.now += LIFE_US
    assert kept.state(row) == "expired"
    with pytest.raises(ProposalClosedError, match="is expired"):
        kept.confirm(row.id, by=BEN)


def test_guardians_calls_are_made_at_once_and_the_oracles_by_its_address(
    kept: Proposals, engine: Engine
) -> None:
    for act, arguments in ((Act.HALT_TRADING, [0]), (Act.VETO, [TOKEN])):
        row = kept.propose(act, arguments, by=ANN, why="stolen key")
        [call] = kept.transactions(row)
        assert (call.step, call.to, kept.operation(row)) == ("call", PLACE.hub, None)
    assert kept.propose(Act.SET_FEED, [TOKEN, ORACLE, 60], by=ANN, why="new").target == ORACLE
    plain = Desk(engine, SITE).office(PLACE).proposals
    with pytest.raises(BadProposalError, match="oracle"):
        plain.propose(Act.SET_FEED, [TOKEN, ORACLE, 60], by=ANN, why="new")
    [call] = plain.transactions(plain.propose(Act.LIST_TOKEN, [TOKEN], by=ANN, why="asked for"))
    assert (call.step, call.to) == ("call", PLACE.hub)


def test_proposal_is_of_one_hub(kept: Proposals, engine: Engine) -> None:
    row = kept.propose(Act.RESUME_TRADING, [3], by=ANN, why="solved")
    elsewhere = Desk(engine, SITE).office(Place(1, PLACE.hub)).proposals
    with pytest.raises(UnknownProposalError):
        elsewhere.find(row.id)
    assert elsewhere.list(limit=9) == []
    assert [each.id for each in kept.list(limit=9)] == [row.id]
    assert kept.list(limit=9, before=row.id) == []


def test_every_step_is_in_the_audit_log_with_the_bytes(engine: Engine, clock: Moved) -> None:
    desk = Desk(engine, SITE, governance=GOVERNED, clock=clock)
    kept = desk.office(PLACE).proposals
    row = kept.propose(Act.SET_PROTOCOL_SHARE, [1_000], by=ANN, why="as voted")
    kept.confirm(row.id, by=BEN)
    kept.withdraw(row.id, by=ANN, why="vote annulled")
    rows = [(each.actor, each.act, json.loads(each.after)) for each in reversed(desk.audit.newest(limit=9))]
    assert [each[:2] for each in rows] == [
        (ANN.name, "proposal.proposed"),
        (BEN.name, "proposal.confirmed"),
        (ANN.name, "proposal.withdrawn"),
    ]
    assert rows[0][2] == {"state": "proposed", "words": row.words, "target": PLACE.hub, "data": row.data}


def test_every_call_is_a_function_of_the_hub_or_the_oracle_that_only_its_owner_may_call() -> None:
    abi = json.loads((ROOT / "indexer/decode/abi/IHub.json").read_text())
    hub = {
        f"{entry['name']}({','.join(each['type'] for each in entry['inputs'])})"
        for entry in abi
        if entry["type"] == "function"
    }
    oracle = (ROOT / "contracts/oracles/ChainlinkOracle.sol").read_text()
    registry = (ROOT / "contracts/core/Registry.sol").read_text()
    for act, form in FORMS.items():
        name = form.signature.split("(")[0]
        if form.on_oracle:
            [arguments] = re.findall(rf"function {name}\(([^)]*)\) external onlyOwner", oracle)
            assert [each.split()[0] for each in arguments.split(", ")] == form.types
            continue
        assert form.signature in hub
        owned = re.search(rf"function {name}\([^)]*\) external onlyOwner", registry) is not None
        assert owned != (act in GUARDIANS), name


@pytest.fixture(scope="module")
def timelock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Contract]:
    """OpenZeppelin's own contract on a real chain, with an hour of delay."""
    path = ROOT / "node_modules/@openzeppelin/contracts/build/contracts/TimelockController.json"
    built = json.loads(Path(path).read_text())
    log = tmp_path_factory.mktemp("anvil") / "anvil.log"
    with anvil(Checkout.here().anvil, genesis_time=1_780_000_000, log=log) as node:
        w3 = Web3(Web3.HTTPProvider(node.http_url))
        me = w3.eth.accounts[0]
        made = w3.eth.contract(abi=built["abi"], bytecode=built["bytecode"])
        sent = made.constructor(3_600, [me], [me], NOWHERE).transact({"from": me})
        where = w3.eth.wait_for_transaction_receipt(sent)["contractAddress"]
        yield w3.eth.contract(address=where, abi=built["abi"])


def test_timelock_takes_what_was_drawn_up_and_knows_it_by_the_same_id(timelock: Contract) -> None:
    w3, me = timelock.w3, timelock.w3.eth.accounts[0]
    salt, data = "0x" + "5a" * 32, "0x1fc1e25f" + "00" * 12 + TOKEN[2:].lower()
    name = operation_id(TOKEN, data, salt)
    asked = timelock.functions.hashOperation(TOKEN, 0, data, b"\x00" * 32, salt).call()
    assert name == "0x" + asked.hex()
    schedule, execute = through_timelock(timelock.address, TOKEN, data, salt, delay_s=3_600, eta=0)
    _send(w3, me, schedule.to, schedule.data)
    assert timelock.functions.isOperationPending(name).call()
    w3.provider.make_request("evm_increaseTime", [3_601])  # type: ignore[arg-type]
    w3.provider.make_request("evm_mine", [])  # type: ignore[arg-type]
    _send(w3, me, execute.to, execute.data)
    assert timelock.functions.isOperationDone(name).call()


def _send(w3: Web3, sender: str, to: str, data: str) -> None:
    sent = w3.eth.send_transaction({"from": sender, "to": to, "data": data})  # type: ignore[typeddict-item]
    assert w3.eth.wait_for_transaction_receipt(sent)["status"] == 1
