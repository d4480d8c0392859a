"""Flame graphs for ResQ services, as Unix-style stages: capture, fold, merge, render, diff, report."""

__version__ = "0.1.0"
