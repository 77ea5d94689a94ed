"""Record ids, checked before they travel: where the generated layer checks its own."""

from specforce_api.runtime.record_ids import check_id, long_id

__all__ = ["check_id", "long_id"]
