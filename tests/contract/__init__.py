"""The contract suite: one case per operationId, made from the specs, with a base URL."""
