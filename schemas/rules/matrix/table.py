"""The matrix: one row for each thing that is written. docs/AUTHORSHIP.md shows it to people.

What stands in no clause is refused. The requirement of each row is the booklet's (2.3, 3.4, 4.4,
6.3, 7, 8.4) in the numbering of docs/REQUIREMENTS.md; where the booklet is silent, a row gives the
least that a case team can work with. A facility narrows them (schemas.rules.narrowing).
"""

from schemas.rules.matrix.clinical import CLINICAL_FACTS
from schemas.rules.matrix.first_hours import FIRST_HOURS
from schemas.rules.matrix.papers import PAPERS
from schemas.rules.matrix.person import PERSON
from schemas.rules.matrix.services import SERVICES
from schemas.rules.matrix.shape import MatrixRow
from schemas.rules.subjects import SUBJECTS, Subject

MATRIX: dict[Subject, MatrixRow] = {
    subject: found
    for part in (PERSON, FIRST_HOURS, CLINICAL_FACTS, PAPERS, SERVICES)
    for subject, found in part.items()
}

if set(MATRIX) != set(SUBJECTS):
    raise ValueError("subjects and rows of the matrix differ")
