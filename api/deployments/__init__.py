"""Which hubs a database holds."""
