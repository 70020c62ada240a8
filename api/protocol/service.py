"""Answers about the deployment as a whole."""

from api.halts import EVERY_STRATEGY, halted_among
from api.incidents.service import open_incidents
from api.protocol import repository
from api.protocol.schemas import Holding, Protocol
from api.schemas import Amount, Answer
from api.snapshot import Snapshot
from indexer.ledger.models import GATE, GUARDIAN, TREASURY


def get_protocol(snapshot: Snapshot) -> Answer[Protocol]:
    """Return the deployment with its counts and holdings."""
    session, deployment = snapshot.session, snapshot.deployment
    copies = repository.count_copies(session, deployment.id)
    held = repository.sum_holdings(session, deployment.id)
    trades = repository.count_trades(session, deployment.id)
    holdings = []
    for token in snapshot.tokens.listed:
        vaults, idle, fees, held_back = (held.get((token.address, kind), 0) for kind in repository.HELD)
        holdings.append(
            Holding(
                total=Amount.of(token, vaults + idle + fees + held_back),
                in_vaults=Amount.of(token, vaults),
                idle=Amount.of(token, idle),
                fees=Amount.of(token, fees),
                held_back=Amount.of(token, held_back),
            )
        )
    protocol = Protocol(
        chain_id=deployment.chain_id,
        hub=deployment.hub,
        treasury=repository.appointed(session, deployment.id, TREASURY),
        guardian=repository.appointed(session, deployment.id, GUARDIAN),
        gate=repository.appointed(session, deployment.id, GATE),
        halted=bool(halted_among(session, deployment.id, [EVERY_STRATEGY])),
        protocol_bps=repository.protocol_share(session, deployment.id),
        start_block=deployment.start_block,
        strategies=repository.count_strategies(session, deployment.id),
        vaults_by_status=repository.count_vaults(session, deployment.id),
        trades=trades.get("leader", 0),
        closes=trades.get("close", 0),
        manual_trades=trades.get("manual", 0),
        copies_filled=copies.get(None, 0),
        copies_skipped_by_reason={reason: number for reason, number in copies.items() if reason is not None},
        incidents=open_incidents(snapshot),
        holdings=holdings,
    )
    return Answer(as_of_block=snapshot.block, data=protocol)
