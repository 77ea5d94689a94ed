"""Benchmarks: specforce beside its peers and the physical limit (README.md)."""
