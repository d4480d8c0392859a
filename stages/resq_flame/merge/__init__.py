"""Sums folded streams, and filters the sum."""
