"""Who carries orders and finishes fan-outs, whether they are well, and what operators hold back."""
