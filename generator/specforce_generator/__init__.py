"""The generator: specs in, `specforce_api`, `specforce_specs` and the synchronous half of the facade out.

Passes, in order: lint → project → bundle → lower → emit → stamp → compare. Each is a pure function over documents; the
files are read in `index` and `sources` and written in `tree`. Knows nothing about HTTP.
"""
