"""Brings notices to people: the only part that talks to the outside, and only to who may be talked to."""
