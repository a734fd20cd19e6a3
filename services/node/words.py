"""What is inside sealed messages: words between the case managers of two facilities.

Only the shapes; sealing is `exchange.messages`. PROTOCOL section 5.
"""

from typing import Annotated

from pydantic import Field, StringConstraints

from schemas.identifiers import CodeNumber, Id128
from schemas.wire.base import WireModel
from schemas.wire.token import Purpose

Words = Annotated[str, StringConstraints(max_length=8_000), Field(repr=False)]


class RequestWords(WireModel):
    """Kind `request`: whose record is asked for, what for, and why in words."""

    code_number: Annotated[CodeNumber, Field(repr=False)]
    purpose: Purpose
    words: Words


class AnswerWords(WireModel):
    """Kind `answer`: the consent under which to ask for a release, or the reason for none."""

    approved: bool
    consent: Id128 | None
    words: Words


class NoticeWords(WireModel):
    """Kind `notice`: there is something new under this consent."""

    consent: Id128
    words: Words = ""
