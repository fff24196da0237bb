"""Flat XML documents, as Mixx by Yas speaks them: a root with texts below it."""

from collections.abc import Mapping
from xml.etree import ElementTree

from marketplace.payments.adapters.wire import BODY_BYTES_MAX
from marketplace.payments.ports import CallbackUnreadable


def texts(body: bytes, *, root: str) -> dict[str, str]:
    """The texts right below the root. Raises CallbackUnreadable."""
    if len(body) > BODY_BYTES_MAX:
        raise CallbackUnreadable(f"longer than {BODY_BYTES_MAX} bytes")
    try:
        text = body.decode().strip()
        # Without a document type there are no entities, so nothing can grow or reach out.
        if "<!DOCTYPE" in text or "<!ENTITY" in text:
            raise CallbackUnreadable("XML with a document type")
        found = ElementTree.fromstring(text)  # noqa: S314 - see above
    except (ElementTree.ParseError, ValueError) as error:
        raise CallbackUnreadable("not XML") from error
    if found.tag != root:
        raise CallbackUnreadable(f"no {root} element")
    return {element.tag: (element.text or "").strip() for element in found}


def document(root: str, fields: Mapping[str, str]) -> bytes:
    element = ElementTree.Element(root)
    for name, value in fields.items():
        ElementTree.SubElement(element, name).text = value
    written: bytes = ElementTree.tostring(element, encoding="utf-8")
    return written
