"""The facade's asynchronous half, and the source of the synchronous one: `specforce._sync` is derived from it."""
