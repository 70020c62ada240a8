"""What a referrer's people came to: chain facts in counts and sums, without anybody's address."""
