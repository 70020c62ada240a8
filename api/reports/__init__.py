"""Saying what is wrong with what people wrote."""
