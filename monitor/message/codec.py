"""Bytes to messages and back: JSON with a schema version, decoded straight into frozen values."""

from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from monitor.errors import PoisonRecord
from monitor.message.alert import Alert, Notice
from monitor.message.delivery import Delivery
from monitor.message.item import Item
from monitor.message.order import Order
from monitor.message.report import Report

T = TypeVar("T")
SCHEMA = 1

encode: Callable[[Any], bytes] = msgspec.json.Encoder().encode


def decoder(type_: Any) -> Callable[[bytes], Any]:
    """A function from bytes to a value of `type_`.

    Fields that are not known are passed over, and those that are missing have their defaults: so releases of one
    schema read one another. It raises `PoisonRecord` for bytes that are no such value, and for a later schema.
    """
    decode = msgspec.json.Decoder(type_).decode

    def read(value: bytes) -> Any:
        try:
            found = decode(value)
        except (msgspec.MsgspecError, UnicodeDecodeError) as fault:
            raise PoisonRecord(str(fault)) from fault
        if getattr(found, "schema", SCHEMA) > SCHEMA:
            raise PoisonRecord(f"written by a later release: schema {found.schema}, and this one reads up to {SCHEMA}")
        return found

    return read


decode_item: Callable[[bytes], Item] = decoder(Item)
decode_report: Callable[[bytes], Report | Order] = decoder(Report | Order)
decode_alert: Callable[[bytes], Alert | Notice | Order] = decoder(Alert | Notice | Order)
decode_delivery: Callable[[bytes], Delivery] = decoder(Delivery)
