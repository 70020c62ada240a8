"""Brings a database to this version's social tables, and refuses one that a newer version has changed."""

from inbox.own_tables import OwnTables
from social.errors import SocialSchemaError

_TABLES = OwnTables("social", __name__, SocialSchemaError)
VERSION_TABLE = _TABLES.version_table
upgrade = _TABLES.upgrade
downgrade = _TABLES.downgrade
