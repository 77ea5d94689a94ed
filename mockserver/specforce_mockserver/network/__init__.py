"""Connections: plain, by TLS, and through a proxy that ends at this process. What is above HTTP knows none of it."""
