"""What all generated APIs share: operations as values, the error tree, the encoding of requests, a minimal client.

Import from its modules; nothing is loaded here, and httpx only when a `Client` is made.
"""
