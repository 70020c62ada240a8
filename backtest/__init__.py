"""A recorded history run through other policies, thousands of followers at a time."""
