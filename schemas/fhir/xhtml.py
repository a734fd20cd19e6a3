"""Narrative XHTML: R4's invariants txt-1 and txt-2, which no JSON-level judge looks at.

A narrative of a foreign record is shown to people, so markup that acts (scripts, handlers, forms)
or that fetches (an image from elsewhere tells its host who is reading) is refused here, at the
door. The last is stricter than R4. Does not repair or clean anything. PROTOCOL section 4.
"""

import re
from collections.abc import Mapping
from xml.parsers import expat

XHTML = "http://www.w3.org/1999/xhtml"

# HTML 4.0 chapters 7 to 11 (without 9.4, changes) and 15, links and images: R4 narrative.html.
_ELEMENT_NAMES = (
    "div p br h1 h2 h3 h4 h5 h6 span a img address bdo hr blockquote q pre"
    " em strong dfn code samp kbd var cite abbr acronym sub sup tt i b big small"
    " ul ol li dl dt dd table caption colgroup col thead tbody tfoot tr th td"
)
_ATTRIBUTE_NAMES = (
    "id class style title lang dir name href src alt longdesc height width cite border summary"
    " frame rules cellspacing cellpadding align valign char charoff span abbr axis headers scope"
    " rowspan colspan nowrap bgcolor start type value compact idref idrefs"
)
_ELEMENTS = frozenset(_ELEMENT_NAMES.split())
_ATTRIBUTES = frozenset(_ATTRIBUTE_NAMES.split()) | {"http://www.w3.org/xml/1998/namespace lang"}
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:")
_LINKS = ("http:", "https:", "mailto:", "tel:")
_LINKING = ("href", "cite", "longdesc")
_IMAGES = ("#", "data:image/png;", "data:image/jpeg;", "data:image/gif;")


class _MarkupError(Exception):
    """Carries the problem out of the parser's callbacks."""


class _Reader:
    def __init__(self) -> None:
        self.depth = 0
        self.has_content = False

    def doctype(self, *_: object) -> None:
        raise _MarkupError("a document type is not allowed")

    def instruction(self, *_: object) -> None:
        raise _MarkupError("a processing instruction is not allowed")

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        namespace, _, local = name.rpartition(" ")
        if namespace != XHTML or (self.depth == 0 and local != "div"):
            raise _MarkupError("must be one div in the XHTML namespace")
        if local not in _ELEMENTS:
            raise _MarkupError("holds an element that a narrative may not have")
        for attribute, value in attributes.items():
            _check_attribute(attribute, value)
        self.depth += 1
        self.has_content |= local == "img"

    def end(self, _: str) -> None:
        self.depth -= 1

    def text(self, data: str) -> None:
        self.has_content |= bool(data.strip())


def _check_attribute(name: str, value: str) -> None:
    plain = "".join(value.split()).lower()
    if name.lower() not in _ATTRIBUTES:
        raise _MarkupError("holds an attribute that a narrative may not have")
    if name in _LINKING and _SCHEME.match(plain) and not plain.startswith(_LINKS):
        raise _MarkupError("holds a link of a kind that is not allowed")
    if name == "src" and not plain.startswith(_IMAGES):
        raise _MarkupError("holds an image that is not part of the record")
    if name == "style" and any(word in plain for word in ("url(", "expression(", "@", "\\")):
        raise _MarkupError("holds a style that loads or computes something")


def narrative_problem(div: str) -> str | None:
    """Return what is wrong with the XHTML of `Narrative.div`, or None. Never quotes from it."""
    reader = _Reader()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = reader.doctype
    parser.ProcessingInstructionHandler = reader.instruction
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    try:
        parser.Parse(div, True)
    except _MarkupError as error:
        return str(error)
    except (expat.ExpatError, UnicodeEncodeError):
        return "is not well-formed XHTML"
    return None if reader.has_content else "says nothing"
