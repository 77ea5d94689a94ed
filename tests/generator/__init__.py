"""Tests of the generator: each pass by golden files, the whole by generating small specs and calling the result."""
