"""Brings a database to this version's access tables, and refuses one that a newer version has changed."""

from access.errors import AccessSchemaError
from inbox.own_tables import OwnTables

_TABLES = OwnTables("access", __name__, AccessSchemaError)
VERSION_TABLE = _TABLES.version_table
upgrade = _TABLES.upgrade
downgrade = _TABLES.downgrade
