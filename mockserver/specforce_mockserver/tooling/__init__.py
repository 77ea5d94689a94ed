"""The Tooling API: an org's metadata as records of objects of its own, and Apex that isn't saved."""
