"""A dead record: one that no retry can mend, with the reason, a reference and a copy that is cut."""

import base64
from datetime import datetime

import msgspec

COPY_LIMIT = 64 * 1024  # bytes of the record that are kept; a longer one cannot be replayed from here


class DeadRecord(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was set aside. `value` is base64 of the record's bytes, cut where `cut` says so."""

    topic: str
    partition: int
    offset: int
    key: str
    why: str
    at: datetime
    value: str
    cut: bool = False
    schema: int = 1

    @classmethod
    def of(
        cls, topic: str, partition: int, offset: int, key: str, value: bytes, why: str, at: datetime
    ) -> "DeadRecord":
        return cls(
            topic=topic,
            partition=partition,
            offset=offset,
            key=key,
            why=why[:1000],
            at=at,
            value=base64.b64encode(value[:COPY_LIMIT]).decode(),
            cut=len(value) > COPY_LIMIT,
        )

    def encode(self) -> bytes:
        return msgspec.json.encode(self)

    def record(self) -> bytes:
        """The bytes of the record, as far as they were kept."""
        return base64.b64decode(self.value)
