"""What is wrong, told to everybody."""
