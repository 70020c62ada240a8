"""The catalogue of every figure that is published."""
