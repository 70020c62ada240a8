"""The console program `lockstep`: one file a sub-command."""
