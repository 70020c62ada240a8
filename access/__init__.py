"""Who may do what: people by address, their sessions, keys, roles and second factors, and the audit log.

None of this comes from the chain. It has tables and a schema version of its own beside the ledger's, in the
same database, and is of one operator: several hubs in a database share people and roles. Addresses are
lower-case 0x text here; times are unix microseconds.
"""
