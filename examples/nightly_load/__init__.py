"""The nightly load: airports, carriers, planes and 336,776 flights into an org, and back as CSV and Parquet, checked.

Usage: python -m examples.nightly_load [--limit ROWS] [--output FOLDER]        (or `make demo`)
"""
