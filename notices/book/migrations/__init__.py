"""Brings a database to this version's notices, and refuses one that a newer version has changed."""

from inbox.own_tables import OwnTables
from notices.book.errors import NoticesSchemaError

_TABLES = OwnTables("notices", __name__, NoticesSchemaError)
VERSION_TABLE = _TABLES.version_table
upgrade = _TABLES.upgrade
downgrade = _TABLES.downgrade
