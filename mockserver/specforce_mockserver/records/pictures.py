"""Pictures in rich text: those that come inside a text are kept beside it, and the text refers to them.

Source: specs/reference/rest.md section 2; how the text refers to them is [E].
"""

from __future__ import annotations

import base64
import binascii
import html
import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from specforce_mockserver.documents import Documents

if TYPE_CHECKING:
    from collections.abc import Sequence

    from specforce_mockserver.counters import Counters
    from specforce_mockserver.database import Database
    from specforce_mockserver.records.batch import Batch
    from specforce_mockserver.schema import Field

KIND: Final = "picture"
KEY_PREFIX: Final = "0EM"
_INLINE: Final = re.compile(
    r"""\bsrc\s*=\s*(?P<quote>["'])data:(?P<type>image/(?:png|jpeg|gif));base64,"""
    r"""(?P<content>[A-Za-z0-9+/=\s]+)(?P=quote)""",
    re.IGNORECASE,
)


def keep_pictures(batch: Batch, ids: Sequence[str], database: Database, counters: Counters) -> None:
    """Take the pictures out of the rich texts of rows that are about to be saved.

    Args:
        batch: the rows.
        ids: of their records.
        database: where pictures are kept.
        counters: number them.
    """
    for field in batch.sobject.columns:
        if field.name not in batch.columns or not _is_rich(field):
            continue
        column = batch.columns[field.name]
        batch.columns[field.name] = [
            _without(value, record_id, field, database, counters) if isinstance(value, str) else value
            for value, record_id in zip(column, ids, strict=True)
        ]


def _is_rich(field: Field) -> bool:
    return field.type == "textarea" and bool(field.document.get("htmlFormatted"))


def _without(text: str, record_id: str, field: Field, database: Database, counters: Counters) -> str:
    """A text whose pictures are kept elsewhere; what is no picture stays as it is."""

    def kept(found: re.Match[str]) -> str:
        content = "".join(found["content"].split())
        try:
            base64.b64decode(content, validate=True)
        except binascii.Error:
            return found[0]
        picture_id = counters.new_id(KEY_PREFIX)
        body = {"record": record_id, "field": field.name, "type": found["type"].lower(), "content": content}
        Documents(database).put(KIND, picture_id, body)
        query = urlencode({"eid": record_id, "feoid": field.name, "refid": picture_id})
        return f'src="{html.escape(f"/servlet/rtaImage?{query}")}"'

    return _INLINE.sub(kept, text)
