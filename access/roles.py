"""Roles and scopes. Followers and leaders are what the chain says; the others are granted."""

from enum import StrEnum


class Role(StrEnum):
    """What somebody is to a hub. No role includes another."""

    FOLLOWER = "follower"
    LEADER = "leader"
    SUPPORT = "support"
    OPERATOR = "operator"
    ADMIN = "admin"


STAFF = frozenset({Role.SUPPORT, Role.OPERATOR, Role.ADMIN})
"""Roles that are granted."""
NEEDS_SECOND_FACTOR = frozenset({Role.OPERATOR, Role.ADMIN})
"""Roles that only count in a session with a second factor, and only go to addresses on the allowlist."""


class Scope(StrEnum):
    """What a key opens. A key never changes anything, and has no staff role."""

    PUBLIC = "public:read"
    PRIVATE = "private:read"
