"""Assembles the API: routes, problem documents, and the page that describes them."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import cast

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import RedirectResponse
from fastapi_offline import FastAPIOffline
from sqlalchemy import Engine
from starlette.routing import BaseRoute

from access.proposals import NO_TIMELOCK, Governance
from access.sealing import Seal
from access.sign_in import Site
from api import pages, problems
from api.access.door import LOCAL, Door
from api.access.names import Names
from api.accounts.endpoints import router as accounts
from api.admin.audit.endpoints import router as admin_audit
from api.admin.fees.endpoints import router as admin_fees
from api.admin.incidents.endpoints import router as admin_incidents
from api.admin.leaders.endpoints import router as admin_leaders
from api.admin.markets.endpoints import router as admin_markets
from api.admin.moderation.endpoints import router as admin_moderation
from api.admin.overview.endpoints import router as admin_overview
from api.admin.proposals.endpoints import router as admin_proposals
from api.admin.stops.endpoints import router as admin_stops
from api.admin.transactions.endpoints import router as admin_transactions
from api.admin.users.endpoints import router as admin_users
from api.annotations.endpoints import router as annotations
from api.answers import Answers, Present
from api.campaigns.endpoints import router as campaigns
from api.comments.endpoints import router as comments
from api.correlations.endpoints import router as correlations
from api.deployments.endpoints import router as deployments
from api.exports.endpoints import router as exports
from api.fees.endpoints import router as fees
from api.follows.endpoints import router as follows
from api.health.endpoints import router as health
from api.holdings.endpoints import router as holdings
from api.incidents.endpoints import router as incidents
from api.keepers.endpoints import router as keepers
from api.keys.endpoints import router as keys
from api.leaders.boards import Boards
from api.leaders.endpoints import router as leaders
from api.live.endpoints import router as live
from api.live.feed import Feeds
from api.metrics.endpoints import router as metrics
from api.notifications.endpoints import router as notifications
from api.notifications.service import Notifications
from api.opinions.endpoints import router as opinions
from api.orders.endpoints import router as orders
from api.orders.intake import Counter
from api.paper.endpoints import router as paper
from api.paper.service import PlayMoney
from api.pools.endpoints import router as pools
from api.prices.endpoints import router as prices
from api.problems import Problem
from api.profiles.endpoints import router as profiles
from api.protocol.endpoints import router as protocol
from api.rates import Buckets, RateLimits
from api.reasons.endpoints import router as reasons
from api.referrals.endpoints import router as referrals
from api.reports.endpoints import router as reports
from api.reviews.endpoints import router as reviews
from api.sessions.endpoints import router as sessions
from api.snapshot import DeploymentKey, NotModified, Snapshots
from api.social.book import Social
from api.statements.endpoints import router as statements
from api.strategies.endpoints import router as strategies
from api.tables import Tables
from api.tokens.endpoints import router as tokens
from api.trades.endpoints import router as trades
from api.transactions.endpoints import router as transactions
from api.vaults.endpoints import router as vaults
from inbox.intake import ContractWallets

VERSION = "1"

_DESCRIPTION = """
What leaders traded, what was copied for whom and at which price, and what it came to. Every number is read
from a double-entry ledger that is built from the chain's events alone and equals the chain to the smallest
unit.

**Amounts** are strings: `units` is the exact integer, `decimal` the same in whole tokens. Nothing is a float.

**One block.** Every answer names the block it is as of, and takes all of that block and nothing later into
account.

**Lists** come in pages: send `next_cursor` back as `cursor`. Rows that arrive in between neither repeat nor
hide any.

**Several deployments** in one database are listed at `/v1/deployments`; each path below is there for each of
them, with `/deployments/{chain_id}/{hub}` before it.

**Tables.** Every list of what the chain says is also to be had as CSV, Parquet or Arrow: send
`Accept: text/csv`, `application/vnd.apache.parquet` or `application/vnd.apache.arrow.stream`. A table may
have `limit` up to 100,000 rows, all of one block; `Link` names what comes after.

**Until the next block** most answers stay as they are, but for gas, which is known a moment later, and
leaders' metrics, which are made after the block: `ETag` says which they are of, `If-None-Match` gets 304.

**Trades** are called `strategy-sequence`, as `3-17`. A `copy_id` is a hash that anybody can compute from
the chain's own ids.

**Errors** are RFC 9457 problem documents: switch on `type`, show `detail`, do what `remedy` says.

**Signing in** with a wallet (EIP-4361) is only needed for what is yours alone, and for staff. All that the
chain says is public and needs no key.

The API sends nothing to the chain and has no key of it. It asks a node about nothing but whether a contract
wallet signed.
"""

_TAGS = [
    {"name": "protocol", "description": "The deployment, its tokens and pools, and the reasons for skips."},
    {"name": "strategies", "description": "Leaders' offers, their terms and results."},
    {"name": "leaders", "description": "Discovery by metrics, profiles, and the metrics' formulas."},
    {"name": "vaults", "description": "What each owner holds under a strategy, and its statement."},
    {
        "name": "trades",
        "description": "Leaders' trades, the orders and swaps behind them, every copy, and prices over time.",
    },
    {"name": "transactions", "description": "Who sent what, and what gas it cost."},
    {"name": "fees", "description": "Who was paid what for what, and what is pending."},
    {"name": "live", "description": "What happens, as it happens."},
    {"name": "accounts", "description": "What an owner holds in all."},
    {"name": "paper", "description": "Following a leader with play money, without a wallet."},
    {"name": "access", "description": "Signing in with a wallet, sessions, keys and the second factor."},
    {
        "name": "social",
        "description": "What people say: profiles, annotations, comments, reviews, watching without money.",
    },
    {"name": "referrals", "description": "Campaigns, and what a referrer's people came to."},
    {"name": "notifications", "description": "Being told: channels, rules, and what became of it."},
    {"name": "staff", "description": "For support, operators and administrators alone."},
    {"name": "operations", "description": "For whoever runs the API."},
]

_ROUTERS = (
    protocol,
    tokens,
    pools,
    reasons,
    strategies,
    leaders,
    metrics,
    correlations,
    vaults,
    holdings,
    statements,
    exports,
    trades,
    transactions,
    orders,
    prices,
    accounts,
    fees,
    live,
    paper,
    keepers,
    incidents,
    sessions,
    keys,
    notifications,
    profiles,
    annotations,
    comments,
    reviews,
    opinions,
    follows,
    reports,
    campaigns,
    referrals,
    admin_overview,
    admin_users,
    admin_leaders,
    admin_markets,
    admin_fees,
    admin_transactions,
    admin_stops,
    admin_incidents,
    admin_proposals,
    admin_moderation,
    admin_audit,
    health,
)


def create_app(
    engine: Engine,
    deployment: DeploymentKey | None = None,
    *,
    wallets: ContractWallets | None = None,
    web: Path | None = None,
    buckets: Buckets | None = None,
    site: Site = LOCAL,
    seal: Seal | None = None,
    governance: Governance = NO_TIMELOCK,
    push_key: str | None = None,
    local_channels: bool = False,
) -> FastAPI:
    """Return the API over a ledger's database.

    ``deployment`` says which hub to speak for; without it the database must hold exactly one. ``wallets``
    asks contract wallets about signatures; without it only keys can sign. ``web`` is the folder of
    the built dApp, which is served beside the API; without it the root leads to the description.
    ``buckets`` say how many requests an address or key may make; without them there is no limit. ``site``
    says under which domains people sign in, ``seal`` keeps their second factors and channels; without it
    there are none.
    ``push_key`` is the public key that browsers subscribe to; without it there are no push messages.
    ``governance`` is how the hub's owner makes its calls, for those that staff proposes. ``local_channels``
    lets channels lead to this machine, for trials.
    """
    app = FastAPIOffline(
        title="Lockstep",
        summary="Copy trading in one transaction, at one price: the ledger, read.",
        description=_DESCRIPTION,
        version=VERSION,
        openapi_tags=_TAGS,
        redoc_url=None,
    )
    snapshots = Snapshots(engine, deployment)
    door = Door(engine, snapshots, site=site, seal=seal, wallets=wallets, governance=governance)
    parts = {
        "snapshots": snapshots,
        "counter": Counter(engine, wallets),
        "boards": Boards(),
        "feeds": Feeds(snapshots),
        "play_money": PlayMoney(engine),
        "door": door,
        "notifications": Notifications(engine, seal, push_key=push_key, local=local_channels),
        "social": Social(engine),
    }
    _assemble(app, parts)
    app.include_router(deployments)
    one_of_several = FastAPI(openapi_url=None)
    _assemble(one_of_several, parts)
    app.mount("/deployments/{deployed_chain:int}/{deployed_hub}", one_of_several)
    app.add_middleware(Tables)
    app.add_middleware(Answers, present=Present(engine, deployment))
    if buckets is not None:
        app.add_middleware(RateLimits, buckets=buckets, named=Names(door))
    # What is public any page may read, and hand in what is signed. What is not needs a cookie, which browsers
    # do not send for other sites' pages, or `Authorization`, which is none of these headers.
    app.add_middleware(
        CORSMiddleware,
        allow_origins=["*"],
        allow_methods=["GET", "POST"],
        allow_headers=["Content-Type", "If-None-Match", "Last-Event-ID"],
        expose_headers=["As-Of-Block", "ETag", "Link", "RateLimit", "RateLimit-Policy", "Retry-After"],
    )
    if web is None:
        # Who opens the address that `lockstep serve` prints wants to read something.
        app.add_api_route("/", lambda: RedirectResponse("/docs"), include_in_schema=False)
    else:
        pages.install(app, web)
    _describe_problems(app)
    return app


def _assemble(app: FastAPI, parts: Mapping[str, object]) -> None:
    """Put everything that is asked of one deployment into an app; ``parts`` are what endpoints find there."""
    for name, part in parts.items():
        setattr(app.state, name, part)
    problems.install(app)
    app.add_exception_handler(NotModified, _not_modified)
    app.router.routes.extend(_routes())


@cache
def _routes() -> Sequence[BaseRoute]:
    """Return the routes of one deployment, for all apps of the process: what FastAPI works out of each route
    for whatever it is included in takes most of the time of making an app.
    """
    together = APIRouter()
    for router in _ROUTERS:
        together.include_router(router)
    return tuple(together.routes)


async def _not_modified(request: Request, found: Exception) -> Response:
    del request
    return Response(status_code=304, headers={"ETag": cast(NotModified, found).tag})


def _describe_problems(app: FastAPI) -> None:
    """Put the problem document among the schemas, and nothing of FastAPI's own error form."""
    generate = app.openapi

    def openapi() -> dict[str, object]:
        schema = generate()
        schemas = schema["components"]["schemas"]
        for name in ("HTTPValidationError", "ValidationError"):
            schemas.pop(name, None)
        own = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas.update(own.pop("$defs"))
        schemas["Problem"] = own
        return schema

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI documents this way of extending it
