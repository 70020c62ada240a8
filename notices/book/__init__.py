"""The tables of notices and what may be written into them; nothing here talks to anybody."""
