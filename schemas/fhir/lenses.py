"""Where in a resource a field goes. A lens writes one field and reads it back.

Facts are handled as the plain JSON of their models, resources as parsed JSON.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import orjson

from schemas.fhir.codecs import PLAIN, Codec, Json
from schemas.fhir.systems import CODE_NUMBER, STRUCTURE, own, own_extension

_TRANSLATION = f"{STRUCTURE}/translation"


@dataclass(frozen=True)
class Lens:
    """One field of a fact, and its FHIR element (for the documentation)."""

    name: str
    element: str
    put: Callable[[Json, Any], None]
    get: Callable[[Json], Any]


def _step(node: Any, part: str, following: str) -> Any:
    empty: Any = [] if following.isdigit() else {}
    if isinstance(node, list):
        if int(part) == len(node):
            node.append(empty)
        return node[int(part)]
    return node.setdefault(part, empty)


def _write(node: Json, parts: list[str], value: Any) -> None:
    here: Any = node
    for part, following in pairwise(parts):
        here = _step(here, part, following)
    last = parts[-1]
    if isinstance(here, list):
        here.insert(int(last), value)
    else:
        here[last] = value


def _read(node: Json, parts: list[str]) -> Any:
    here: Any = node
    for part in parts:
        if isinstance(here, list):
            here = here[int(part)] if int(part) < len(here) else None
        else:
            here = here.get(part)
        if here is None:
            return None
    return here


def at(name: str, path: str, codec: Codec = PLAIN) -> Lens:
    """Put the field at `path`, e.g. `content.0.attachment.title`."""
    parts = path.split(".")

    def put(node: Json, value: Any) -> None:
        _write(node, parts, codec.encode(value))

    def get(node: Json) -> Any:
        found = _read(node, parts)
        return None if found is None else codec.decode(found)

    element = ".".join(part for part in parts if not part.isdigit())
    return Lens(name, element, put, get)


def within(path: str, lens: Lens) -> Lens:
    """Let a lens work on the element at `path`, which the constants of the resource hold."""
    parts = path.split(".")
    element = ".".join([*(part for part in parts if not part.isdigit()), lens.element])
    return Lens(
        lens.name,
        element,
        lambda node, value: lens.put(_read(node, parts), value),
        lambda node: lens.get(_read(node, parts)),
    )


def _list_at(node: Json, path: str) -> list[Json]:
    parts = path.split(".")
    found = _read(node, parts)
    if found is None:
        _write(node, parts, found := [])
    listed: list[Json] = found
    return listed


def extension(
    name: str,
    url: str,
    value: str,
    codec: Codec = PLAIN,
    *,
    on: str = "",
) -> Lens:
    """Put the field in an extension; `value` is its FHIR name, e.g. `valueCode`."""
    path = f"{on}.extension" if on else "extension"

    def put(node: Json, content: Any) -> None:
        _list_at(node, path).append({"url": url, value: codec.encode(content)})

    def get(node: Json) -> Any:
        for entry in _read(node, path.split(".")) or ():
            if entry.get("url") == url:
                return codec.decode(entry[value])
        return None

    return Lens(name, path, put, get)


def extensions(name: str, url: str, value: str, codec: Codec = PLAIN) -> Lens:
    """Put each element of a list field in an extension of its own."""

    def put(node: Json, contents: list[Any]) -> None:
        added = [{"url": url, value: codec.encode(content)} for content in contents]
        _list_at(node, "extension").extend(added)

    def get(node: Json) -> Any:
        listed = (entry for entry in node.get("extension", ()) if entry.get("url") == url)
        return [codec.decode(entry[value]) for entry in listed] or None

    return Lens(name, "extension", put, get)


def own_exts(name: str, value: str, codec: Codec = PLAIN) -> Lens:
    """Put each element of a list field in an extension of our own."""
    return extensions(name, own_extension(name.replace("_", "-")), value, codec)


def own_ext(name: str, value: str, codec: Codec = PLAIN, *, on: str = "") -> Lens:
    """Put the field in an extension of our own, named after the field."""
    return extension(name, own_extension(name.replace("_", "-")), value, codec, on=on)


def _codes_of(name: str, code: tuple[str, str] | None) -> Json:
    system, symbol = code or (own("observable"), name.replace("_", "-"))
    return {"coding": [{"system": system, "code": symbol}]}


def _components(node: Json, code: Json) -> list[Json]:
    return [part for part in node.get("component", ()) if part["code"] == code]


def component(
    name: str, value: str, codec: Codec = PLAIN, *, code: tuple[str, str] | None = None
) -> Lens:
    """Put the field in an Observation.component; its code is published or our own for the field."""
    coded = _codes_of(name, code)

    def put(node: Json, content: Any) -> None:
        part = {"code": coded, value: codec.encode(content)}
        node.setdefault("component", []).append(part)

    def get(node: Json) -> Any:
        found = _components(node, coded)
        return codec.decode(found[0][value]) if found else None

    return Lens(name, "component", put, get)


def asked(
    name: str, values: Codec, absences: Codec, *, code: tuple[str, str] | None = None
) -> Lens:
    """Put an answer in an Observation.component: its value or, if there is none, why not.

    `absences` encodes as nothing what is an answer.
    """
    coded = _codes_of(name, code)

    def put(node: Json, answer: Any) -> None:
        part = {"code": coded} | answer_element(answer, values, absences)
        node.setdefault("component", []).append(part)

    def get(node: Json) -> Any:
        found = _components(node, coded)
        return read_answer(found[0], values, absences) if found else None

    return Lens(name, "component", put, get)


def answer_element(answer: str, values: Codec, absences: Codec) -> Json:
    """Return the element of an answer: `valueCodeableConcept` or `dataAbsentReason`."""
    if reason := absences.encode(answer):
        return {"dataAbsentReason": reason}
    return {"valueCodeableConcept": values.encode(answer)}


def read_answer(node: Json, values: Codec, absences: Codec) -> Any:
    """Undo `answer_element`; None if there is neither."""
    if "dataAbsentReason" in node:
        return absences.decode(node["dataAbsentReason"])
    found = node.get("valueCodeableConcept")
    return None if found is None else values.decode(found)


def components(name: str, codec: Codec) -> Lens:
    """Put each element of a list field in an Observation.component; `codec` makes all but the code.

    Such a codec is a `group`.
    """
    coded = _codes_of(name, None)

    def put(node: Json, contents: list[Any]) -> None:
        parts = [{"code": coded} | codec.encode(content) for content in contents]
        node.setdefault("component", []).extend(parts)

    def get(node: Json) -> Any:
        return [codec.decode(part) for part in _components(node, coded)] or None

    return Lens(name, "component", put, get)


def answers(name: str, value: str, codec: Codec = PLAIN, *, many: bool = False) -> Lens:
    """Put the field in a QuestionnaireResponse.item whose linkId is the field's name."""
    link = name.replace("_", "-")

    def put(node: Json, content: Any) -> None:
        contents = content if many else [content]
        node.setdefault("item", []).append(
            {"linkId": link, "answer": [{value: codec.encode(part)} for part in contents]}
        )

    def get(node: Json) -> Any:
        for item in node.get("item", ()):
            if item["linkId"] == link:
                found = [codec.decode(answer[value]) for answer in item["answer"]]
                return found if many else found[0]
        return None

    return Lens(name, "item.answer", put, get)


def answer_list(name: str, *lenses: Lens) -> Lens:
    """Put each element of a list field in a numbered item below one item of the field's name."""
    row = group(*lenses)

    def put(node: Json, contents: list[Any]) -> None:
        rows = [
            {"linkId": f"{name}.{number}"} | row.encode(content)
            for number, content in enumerate(contents, 1)
        ]
        node.setdefault("item", []).append({"linkId": name, "item": rows})

    def get(node: Json) -> Any:
        for item in node.get("item", ()):
            if item["linkId"] == name:
                return [row.decode(part) for part in item["item"]]
        return None

    return Lens(name, "item.item", put, get)


def payload(name: str, value: str, codec: Codec = PLAIN) -> Lens:
    """Put the field in a Communication.payload of its own kind, e.g. `contentString`."""

    def put(node: Json, content: Any) -> None:
        node.setdefault("payload", []).append({value: codec.encode(content)})

    def get(node: Json) -> Any:
        found = [part[value] for part in node.get("payload", ()) if value in part]
        return codec.decode(found[0]) if found else None

    return Lens(name, "payload", put, get)


def _task_part(part: str, name: str, value: str, codec: Codec, many: bool) -> Lens:
    coded = _codes_of(name, None)

    def put(node: Json, content: Any) -> None:
        contents = content if many else [content]
        added = [{"type": coded, value: codec.encode(one)} for one in contents]
        node.setdefault(part, []).extend(added)

    def get(node: Json) -> Any:
        listed = (one for one in node.get(part, ()) if one["type"] == coded)
        found = [codec.decode(one[value]) for one in listed]
        if many:
            return found or None
        return found[0] if found else None

    return Lens(name, part, put, get)


def output(name: str, value: str, codec: Codec = PLAIN) -> Lens:
    """Put the field in a Task.output whose type is our own code for the field."""
    return _task_part("output", name, value, codec, many=False)


def task_input(name: str, value: str, codec: Codec = PLAIN, *, many: bool = False) -> Lens:
    """Put the field in a Task.input whose type is our own code for the field; lists in several."""
    return _task_part("input", name, value, codec, many)


def minutes_between(start: str, end: str) -> Lens:
    """Say by the time at `end` how many minutes passed since that at `start`, already written."""
    begin, finish = start.split("."), end.split(".")

    def put(node: Json, minutes: Any) -> None:
        first: str = _read(node, begin)
        last = (datetime.fromisoformat(first) + timedelta(minutes=minutes)).isoformat()
        _write(node, finish, last.replace("+00:00", "Z") if first.endswith("Z") else last)

    def get(node: Json) -> Any:
        last = _read(node, finish)
        if last is None:
            return None
        passed = datetime.fromisoformat(last) - datetime.fromisoformat(_read(node, begin))
        return int(passed.total_seconds()) // 60

    return Lens("minutes", end, put, get)


def translation(name: str, path: str) -> Lens:
    """Put a translation of the text at `path` in R4's translation extension beside it.

    Its language is put there by `translated_into`.
    """
    *above, last = path.split(".")
    place = [*above, f"_{last}"]

    def put(node: Json, text: Any) -> None:
        content = {"url": "content", "valueString": text}
        _write(node, place, {"extension": [{"url": _TRANSLATION, "extension": [content]}]})

    def get(node: Json) -> Any:
        beside = _read(node, place)
        return None if beside is None else beside["extension"][0]["extension"][0]["valueString"]

    return Lens(name, ".".join(place), put, get)


def translated_into(name: str, *paths: str) -> Lens:
    """Put the language of the translations of the texts at `paths` into each that is there."""
    places = [[*path.split(".")[:-1], f"_{path.split('.')[-1]}"] for path in paths]

    def put(node: Json, language: Any) -> None:
        for beside in filter(None, (_read(node, place) for place in places)):
            parts: list[Json] = beside["extension"][0]["extension"]
            parts.append({"url": "lang", "valueCode": language})

    def get(node: Json) -> Any:
        for beside in filter(None, (_read(node, place) for place in places)):
            return beside["extension"][0]["extension"][1]["valueCode"]
        return None

    elements = (".".join(part for part in place if not part.isdigit()) for place in places)
    return Lens(name, ", ".join(elements), put, get)


def identifiers(name: str, codec: Codec) -> Lens:
    """Put a list field in `identifier`, beside the code number."""

    def put(node: Json, contents: list[Any]) -> None:
        node.setdefault("identifier", []).extend(codec.encode(content) for content in contents)

    def get(node: Json) -> Any:
        listed = [part for part in node.get("identifier", ()) if part.get("system") != CODE_NUMBER]
        return [codec.decode(part) for part in listed] or None

    return Lens(name, "identifier", put, get)


def put_all(lenses: tuple[Lens, ...], node: Json, value: Json) -> Json:
    """Write every field that `value` has into `node`, and return `node`."""
    for lens in lenses:
        if (content := value.get(lens.name)) not in (None, []):
            lens.put(node, content)
    return node


def get_all(lenses: tuple[Lens, ...], node: Json) -> Json:
    """Return every field that `node` has."""
    found = ((lens.name, lens.get(node)) for lens in lenses)
    return {name: value for name, value in found if value is not None}


def group(*lenses: Lens, fixed: Json | None = None) -> Codec:
    """Return the codec of a nested model as a nested element with the constants `fixed`."""
    constant = orjson.dumps(fixed or {})
    return Codec(
        lambda value: put_all(lenses, orjson.loads(constant), value),
        lambda node: get_all(lenses, node),
    )
