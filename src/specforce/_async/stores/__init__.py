"""The store interface and its backends; `specforce.stores` is where users get them."""
