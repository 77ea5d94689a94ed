"""SOSL: searches for words over the records of several objects.

What is understood: FIND with words, phrases, wildcards and the operators AND, OR, AND NOT with parentheses; IN ...
FIELDS; RETURNING with fields, WHERE, ORDER BY, LIMIT and OFFSET; the overall LIMIT. Other clauses are read over.
Source: specs/reference/soql.md section 7.
"""
