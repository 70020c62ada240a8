"""What is measured, against whom, and the last results. Not tests: nothing here asserts a time."""
