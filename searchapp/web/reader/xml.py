"""XML documents: elements from values, and text in which nothing breaks them."""

from __future__ import annotations

import re
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

__all__ = ["Element", "add", "clean", "document", "element"]

_NOT_ALLOWED = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def clean(text: str) -> str:
    """Return the text without characters that XML 1.0 does not allow."""
    return _NOT_ALLOWED.sub("", text)


def element(name: str, **attributes: str) -> Element:
    """A new element of its own; what can't be written is left out."""
    return Element(name, _attributes(attributes))


def add(parent: Element, name: str, text: str = "", **attributes: str) -> Element:
    """A new last child of an element; the attribute `lang` is `xml:lang`."""
    child = SubElement(parent, name, _attributes(attributes))
    child.text = clean(text) or None
    return child


def _attributes(attributes: dict[str, str]) -> dict[str, str]:
    return {"xml:lang" if name == "lang" else name: clean(value) for name, value in attributes.items()}


def document(top: Element) -> bytes:
    """Return the document in UTF-8, indented."""
    ElementTree.indent(top)
    text: bytes = ElementTree.tostring(top, encoding="utf-8", xml_declaration=True)
    return text + b"\n"
