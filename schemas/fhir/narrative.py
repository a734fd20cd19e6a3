"""The narrative of a section: XHTML made from that section's facts and from nothing else.

It works on the plain JSON of facts, so that it can't say more than they do.
"""

from collections.abc import Iterable
from html import escape
from typing import Any

from schemas.fhir.codecs import Json

_XHTML = "http://www.w3.org/1999/xhtml"


def _words(name: str) -> str:
    return name.replace("_", " ").replace("-", " ").capitalize()


def _coded(value: Json) -> str | None:
    if value.keys() <= {"system", "code", "text"} and ("code" in value or "text" in value):
        return " ".join(str(value[part]) for part in ("text", "code") if part in value)
    return None


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "; ".join(_plain(part) for part in value)
    if isinstance(value, dict):
        parts = (f"{_words(name)}: {_plain(part)}" for name, part in value.items())
        return _coded(value) or ", ".join(parts)
    return str(value)


def _row(name: str, value: Any) -> str:
    text = escape(_plain(value), quote=False).replace("\n", "<br/>")
    return f"<tr><th>{escape(_words(name), quote=False)}</th><td>{text}</td></tr>"


def _table(fact: Json) -> str:
    rows = (_row(name, value) for name, value in fact.items() if name != "sensitivities")
    return f"<table><tbody>{''.join(rows)}</tbody></table>"


def narrative(code_number: str, facts: Iterable[Json]) -> Json:
    """Return the Narrative of some facts of one section, headed by the code number."""
    tables = "".join(_table(fact) for fact in facts)
    heading = f"<p>{escape(code_number, quote=False)}</p>"
    return {"status": "generated", "div": f'<div xmlns="{_XHTML}">{heading}{tables}</div>'}
