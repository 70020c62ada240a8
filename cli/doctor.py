"""`lockstep doctor`: says what is wrong, and what to do."""

import asyncio
import json
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from cli.failure import told
from cli.options import (
    DATABASE_URL,
    DEPLOYMENT,
    RPC_URLS,
    DatabaseUrl,
    DeploymentPath,
    RpcUrls,
    split_urls,
)
from indexer.chain.reader import ChainReader
from indexer.chain.rpc import RpcClient
from indexer.errors import IndexerError
from indexer.ledger.database import open_engine
from indexer.sync.deployment import Deployment, read_deployment
from indexer.sync.doctor import Finding, Verdict, examine_chain, examine_database, examine_state

console = Console()

_SHOWN = {Verdict.GOOD: "[green]good", Verdict.WARNING: "[yellow]warning", Verdict.BAD: "[red]bad"}


def doctor(
    rpc_url: RpcUrls = RPC_URLS,
    database_url: DatabaseUrl = DATABASE_URL,
    deployment: DeploymentPath = DEPLOYMENT,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
) -> None:
    """Check nodes, hub, database, indexer and ledger, and say what is wrong and what to do.

    Changes nothing. Exits 0 when nothing is bad (warnings included), 3 when something is.
    """
    with told():
        place = read_deployment(deployment)
        findings = asyncio.run(_examine(split_urls(rpc_url), database_url, place))
    if as_json:
        typer.echo(json.dumps([_document(each) for each in findings], indent=2))
    else:
        _print(findings)
    if any(each.verdict is Verdict.BAD for each in findings):
        raise typer.Exit(3)


async def _examine(rpc_urls: list[str], database_url: str, place: Deployment) -> list[Finding]:
    async with RpcClient(*rpc_urls, attempts=2, timeout_s=10) as rpc:
        findings = [each async for each in examine_chain(rpc, place)]
        try:
            engine = open_engine(database_url, must_exist=True)
        except IndexerError as error:
            return [*findings, Finding("database", Verdict.BAD, str(error), error.remedy)]
        try:
            of_database = list(examine_database(engine, place))
            findings += of_database
            if of_database[0].verdict is Verdict.GOOD:
                findings.append(await examine_state(ChainReader(rpc), engine, place))
        finally:
            engine.dispose()
    return findings


def _document(finding: Finding) -> dict[str, str]:
    return {
        "check": finding.check,
        "verdict": finding.verdict.value,
        "found": finding.found,
        "remedy": finding.remedy,
    }


def _print(findings: list[Finding]) -> None:
    table = Table("check", "verdict", "found", "what to do")
    for each in findings:
        table.add_row(each.check, _SHOWN[each.verdict], each.found, each.remedy)
    console.print(table)
    bad = sum(each.verdict is Verdict.BAD for each in findings)
    warnings = sum(each.verdict is Verdict.WARNING for each in findings)
    console.print(f"{bad} bad, {warnings} warnings, {len(findings) - bad - warnings} good.")
