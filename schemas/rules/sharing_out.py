"""Who of a team can sign what of a record, and the versions that come of it.

A case that is entered as a whole was found by several people, and nobody may sign for all of them.
This splits a record into versions that follow each other, each adding what one staff member may
sign. Whose keys sign in truth is the caller's affair; nothing here lets anybody sign.
"""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from schemas.components.base import Record
from schemas.rules.changes import placed_facts, with_facts
from schemas.rules.fields import judged
from schemas.rules.findings import blocking
from schemas.rules.writing import Register, Writer, judge_writing, named_in

RecordT = TypeVar("RecordT", bound=Record)


@dataclass(frozen=True)
class Share(Generic[RecordT]):
    """A version of a record, and the caseworker who may sign what it adds to the one before."""

    signer: str
    record: RecordT


def may_sign(record: Record, register: Register) -> dict[str, list[str]]:
    """Return, for the path of each fact, the codes of those who may sign for it as it stands."""
    signers: dict[str, list[str]] = {path: [] for path, _, _ in placed_facts(record)}
    for code, staff in register.staff.items():
        found = judge_writing(record, Writer(code, staff), register)
        against = {_fact_path(one.path, signers) for one in blocking(found)}
        for path in signers:
            if path not in against:
                signers[path].append(code)
    return signers


def share_out(record: RecordT, register: Register) -> tuple[list[Share[RecordT]], list[str]]:
    """Return the versions, and the paths of facts that nobody of the register may sign.

    A fact goes to whoever it names, else to someone who signs another already, where they may.
    """
    candidates = may_sign(record, register)
    chosen: dict[str, str] = {}
    rarest_first = sorted(placed_facts(record), key=lambda placed: len(candidates[placed[0]]))
    for path, field, fact in rarest_first:
        row = judged(record.component, field)
        named = [code for _, code in named_in(row, fact)]
        preferred = [*named, *chosen.values(), *candidates[path]]
        if candidates[path]:
            chosen[path] = next(code for code in preferred if code in candidates[path])
    order = list(dict.fromkeys(chosen.values()))
    versions = [
        Share(signer, _signed_by(record, chosen, order[: place + 1]))
        for place, signer in enumerate(order)
    ]
    return versions, [path for path, codes in candidates.items() if not codes]


def _signed_by(record: RecordT, chosen: Mapping[str, str], signers: list[str]) -> RecordT:
    return with_facts(record, lambda path, _field, _fact: chosen.get(path) in signers)


def _fact_path(path: str, paths: Container[str]) -> str:
    while path not in paths:
        path = path.rpartition(".")[0]
    return path
