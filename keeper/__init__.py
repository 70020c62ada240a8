"""The program that anybody may run: it carries signed orders, finishes fan-outs, fires stops, settles fees.

    inbox, chain ──▶ reader ──▶ state ──▶ planner (pure) ──▶ simulator ──▶ submitter ──▶ chain

It decides nothing but when. The chain's cursors are the truth; the journal in the database keeps two keepers
from doing one thing twice, and one keeper from forgetting what it has sent.
"""
