"""The deployment as a whole."""
