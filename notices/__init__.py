"""Tells people what concerns them, by webhook, e-mail, chat and push message: facts from ledger and inbox,
nothing else.

`book` has the tables (channels, rules, notices, deliveries), `telling` makes notices of what happened,
`sending` brings them to people, and `service` runs both.
"""
