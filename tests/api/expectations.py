"""Who may call which route: the one table. A route that is not in it fails `test_authorisation`."""

from enum import StrEnum


class Needs(StrEnum):
    """What a route asks of its caller."""

    NOTHING = "nothing"
    """It is public, and looks at no credential."""
    OWNER = "owner"
    """Somebody signed in, or a key of the scope private:read that only reads."""
    SESSION = "session"
    """Somebody in a session; no key."""
    PROVEN = "proven"
    """As `SESSION`; who has a second factor gave a code of it in this session."""
    STAFF = "staff"
    """Support, operator or administrator."""
    OPERATOR = "operator"
    ADMIN = "admin"
    EITHER = "either"
    """Operator or administrator."""
    MODERATOR = "moderator"
    """Support or operator."""


PUBLIC = """
GET /
GET /docs
GET /docs/oauth2-redirect
GET /health
GET /openapi.json
GET /ready
GET /v1/accounts/{owner}
GET /v1/accounts/{owner}/fees
GET /v1/accounts/{owner}/transactions
GET /v1/annotations
GET /v1/campaigns/{code}
GET /v1/comments
GET /v1/comments/{number}
GET /v1/correlations
GET /v1/deployments
GET /v1/events
GET /v1/fees
GET /v1/fees/{recipient}
GET /v1/incidents
GET /v1/keepers
GET /v1/leaders
GET /v1/leaders/{strategy_id}
GET /v1/metrics
GET /v1/orders
POST /v1/orders
GET /v1/orders/{order_hash}
POST /v1/orders/{order_hash}/withdrawal
POST /v1/paper/vaults
GET /v1/paper/vaults/{vault_id}
GET /v1/pools
GET /v1/portfolios/{owner}
GET /v1/prices
GET /v1/profiles
GET /v1/profiles/{who}
GET /v1/protocol
GET /v1/reason-codes
GET /v1/revenue
GET /v1/reviews
GET /v1/reviews/{number}
POST /v1/session
POST /v1/session/nonce
GET /v1/social/{strategy_id}
GET /v1/strategies
GET /v1/strategies/{strategy_id}
GET /v1/strategies/{strategy_id}/accrued-fees
GET /v1/strategies/{strategy_id}/fees
GET /v1/strategies/{strategy_id}/trades
GET /v1/tokens
GET /v1/trades
GET /v1/trades/{trade_id}
GET /v1/trades/{trade_id}/copies
GET /v1/transactions/{tx_hash}
GET /v1/vaults
GET /v1/vaults/{vault_id}
GET /v1/vaults/{vault_id}/copies
GET /v1/vaults/{vault_id}/equity
GET /v1/vaults/{vault_id}/limits
GET /v1/vaults/{vault_id}/statement
GET /v1/vaults/{vault_id}/statements/{month}
GET /v1/vaults/{vault_id}/tax-lots
"""

NEEDS: dict[str, Needs] = {
    **dict.fromkeys(PUBLIC.strip().splitlines(), Needs.NOTHING),
    "GET /v1/session": Needs.OWNER,
    "DELETE /v1/session": Needs.SESSION,
    "POST /v1/session/second-factor": Needs.SESSION,
    "DELETE /v1/session/second-factor": Needs.PROVEN,
    "POST /v1/session/second-factor/codes": Needs.SESSION,
    "GET /v1/sessions": Needs.SESSION,
    "DELETE /v1/sessions": Needs.SESSION,
    "DELETE /v1/sessions/{session_id}": Needs.SESSION,
    "GET /v1/keys": Needs.SESSION,
    "POST /v1/keys": Needs.SESSION,
    "DELETE /v1/keys/{key_id}": Needs.SESSION,
    "GET /v1/notifications/channels": Needs.OWNER,
    "GET /v1/notifications/push-key": Needs.OWNER,
    "POST /v1/notifications/channels": Needs.SESSION,
    "POST /v1/notifications/channels/{number}/codes": Needs.SESSION,
    "POST /v1/notifications/channels/{number}/confirmation": Needs.SESSION,
    "PUT /v1/notifications/channels/{number}/quiet-hours": Needs.SESSION,
    "DELETE /v1/notifications/channels/{number}": Needs.SESSION,
    "GET /v1/notifications/rules": Needs.OWNER,
    "POST /v1/notifications/rules": Needs.SESSION,
    "PUT /v1/notifications/rules/{number}": Needs.SESSION,
    "DELETE /v1/notifications/rules/{number}": Needs.SESSION,
    "GET /v1/notifications/deliveries": Needs.OWNER,
    "POST /v1/notifications/deliveries/{number}/attempt": Needs.SESSION,
    "GET /v1/profile": Needs.OWNER,
    "PUT /v1/profile": Needs.SESSION,
    "DELETE /v1/profile": Needs.SESSION,
    "POST /v1/profile/claim-texts": Needs.SESSION,
    "POST /v1/profile/handle": Needs.SESSION,
    "POST /v1/annotations": Needs.SESSION,
    "PUT /v1/annotations/{number}": Needs.SESSION,
    "DELETE /v1/annotations/{number}": Needs.SESSION,
    "POST /v1/comments": Needs.SESSION,
    "PUT /v1/comments/{number}": Needs.SESSION,
    "DELETE /v1/comments/{number}": Needs.SESSION,
    "POST /v1/reviews": Needs.SESSION,
    "PUT /v1/reviews/{number}": Needs.SESSION,
    "DELETE /v1/reviews/{number}": Needs.SESSION,
    "GET /v1/my/posts": Needs.OWNER,
    "GET /v1/follows": Needs.OWNER,
    "POST /v1/follows": Needs.SESSION,
    "DELETE /v1/follows/{strategy_id}": Needs.SESSION,
    "GET /v1/signals": Needs.OWNER,
    "POST /v1/reports": Needs.SESSION,
    "GET /v1/campaigns": Needs.OWNER,
    "POST /v1/campaigns": Needs.SESSION,
    "PUT /v1/campaigns/{code}": Needs.SESSION,
    "DELETE /v1/campaigns/{code}": Needs.SESSION,
    "POST /v1/campaign-notes": Needs.SESSION,
    "GET /v1/referrals": Needs.OWNER,
    "GET /v1/referrals/statement": Needs.OWNER,
    "GET /v1/admin/moderation": Needs.STAFF,
    "POST /v1/admin/moderation": Needs.MODERATOR,
    "GET /v1/admin/overview": Needs.STAFF,
    "GET /v1/admin/users": Needs.STAFF,
    "GET /v1/admin/users/{address}": Needs.STAFF,
    "POST /v1/admin/users/{address}/acts": Needs.ADMIN,
    "POST /v1/admin/leaders/{address}/acts": Needs.OPERATOR,
    "GET /v1/admin/markets": Needs.STAFF,
    "GET /v1/admin/fees": Needs.ADMIN,
    "GET /v1/admin/transactions": Needs.STAFF,
    "POST /v1/admin/stops": Needs.OPERATOR,
    "POST /v1/admin/stops/{number}/lifting": Needs.OPERATOR,
    "POST /v1/admin/incidents": Needs.OPERATOR,
    "POST /v1/admin/incidents/{number}/news": Needs.OPERATOR,
    "POST /v1/admin/incidents/{number}/closing": Needs.OPERATOR,
    "GET /v1/admin/proposals": Needs.STAFF,
    "POST /v1/admin/proposals": Needs.EITHER,
    "GET /v1/admin/proposals/{number}": Needs.STAFF,
    "POST /v1/admin/proposals/{number}/confirmation": Needs.ADMIN,
    "POST /v1/admin/proposals/{number}/withdrawal": Needs.EITHER,
    "GET /v1/admin/audit": Needs.ADMIN,
}

SIGN_IN, KEY, ROLE, CODE, ORIGIN = (
    "401 not-signed-in",
    "403 key-refused",
    "403 role-missing",
    "403 second-factor-needed",
    "403 foreign-origin",
)
IN = "in"
"""The caller is let in: the answer is neither 401 nor 403."""

_ANYBODY = {Needs.OWNER: IN, Needs.SESSION: IN, Needs.PROVEN: IN}
_NO_STAFF = dict.fromkeys((Needs.STAFF, Needs.OPERATOR, Needs.ADMIN, Needs.EITHER, Needs.MODERATOR), ROLE)
_OPERATOR = {Needs.STAFF: IN, Needs.OPERATOR: IN, Needs.ADMIN: ROLE, Needs.EITHER: IN, Needs.MODERATOR: IN}
_NOBODY = dict.fromkeys(Needs, SIGN_IN)

ANSWERS: dict[str, dict[Needs, str]] = {
    "nobody": _NOBODY,
    "nonsense for a token": _NOBODY,
    "an expired session": _NOBODY,
    "a session that was ended": _NOBODY,
    "a session of another hub": _NOBODY,
    "a session of another chain": _NOBODY,
    "a session of who was shut out": _NOBODY,
    "a revoked key": _NOBODY,
    "an expired key": _NOBODY,
    "somebody without a vault": _ANYBODY | _NO_STAFF,
    "a follower": _ANYBODY | _NO_STAFF,
    "a leader": _ANYBODY | _NO_STAFF,
    "support": _ANYBODY | _NO_STAFF | {Needs.STAFF: IN, Needs.MODERATOR: IN},
    "an operator": _ANYBODY | _OPERATOR,
    "an operator without a code": _ANYBODY
    | dict.fromkeys((Needs.PROVEN, Needs.STAFF, Needs.OPERATOR, Needs.EITHER, Needs.MODERATOR), CODE)
    | {Needs.ADMIN: ROLE},
    "an operator off the allowlist": _ANYBODY | _NO_STAFF,
    "an operator with a vault": _ANYBODY | _NO_STAFF,
    "an administrator": _ANYBODY | _NO_STAFF | {Needs.STAFF: IN, Needs.ADMIN: IN, Needs.EITHER: IN},
    "an administrator without a code": _ANYBODY
    | _NO_STAFF
    | dict.fromkeys((Needs.PROVEN, Needs.STAFF, Needs.ADMIN, Needs.EITHER), CODE),
    "a key to what is private": dict.fromkeys(Needs, KEY) | {Needs.OWNER: IN},
    "a key to what is public": dict.fromkeys(Needs, KEY),
    "an administrator's key to what is private": dict.fromkeys(Needs, KEY) | {Needs.OWNER: IN},
    "an operator's browser on another site's page": _ANYBODY | _OPERATOR,
}
"""Caller → what a route answers, by what it needs. Routes that need nothing let everybody in.

The last caller's are of a GET; anything else is refused as `ORIGIN`.
"""
