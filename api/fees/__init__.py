"""Fee accounting: who was paid what for what, when, and what is still to be claimed."""
