"""`UNSET`, as the models of this API import it; one and the same for all APIs."""

from ..runtime.types import UNSET, Unset, is_list, is_object

__all__ = ["UNSET", "Unset", "is_list", "is_object"]
