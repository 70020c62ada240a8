"""The double-entry ledger: tables, migrations, postings and the one path that rolls them back. No RPC."""
