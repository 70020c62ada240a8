"""What staff does about what people wrote."""
