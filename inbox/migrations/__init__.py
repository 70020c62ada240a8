"""Brings a database to this version's inbox, and refuses one that a newer version has changed."""

from inbox.errors import InboxSchemaError
from inbox.own_tables import OwnTables

_TABLES = OwnTables("inbox", __name__, InboxSchemaError)
VERSION_TABLE = _TABLES.version_table
upgrade = _TABLES.upgrade
downgrade = _TABLES.downgrade
