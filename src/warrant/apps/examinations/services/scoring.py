"""Scores, entered twice by two people who do not see each other's; a third looks where the two differ."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from warrant.apps.audit.services import record
from warrant.apps.examinations.models import Candidate, EnteredScore, Entry, Sitting
from warrant.apps.examinations.selectors.sittings import differing, entries_of, workbooks
from warrant.apps.examinations.services.planning import locked_sitting, subject_of
from warrant.apps.examinations.services.results import record_sat
from warrant.apps.examinations.services.telling import tell_year
from warrant.apps.examinations.types import SEATS, ExaminationEntry
from warrant.apps.officers.selectors.register import is_own
from warrant.apps.officers.services.documents import store_document
from warrant.apps.officers.services.locking import lock_officers
from warrant.apps.training.types import Proof
from warrant.core.access import Actor
from warrant.core.errors import N_, Conflict, InvalidInput, NotPermitted
from warrant.core.lifecycle import SITTING
from warrant.core.qualification.scores import (
    ABSENT,
    PEOPLE_NEEDED,
    SheetReading,
    agreed,
    read_score,
    read_sheet,
)

LARGEST_SHEET_BYTES = 5 * 1024 * 1024


class ScoresRefusedError(InvalidInput):
    """Some of the scores cannot be taken; ``problems`` by the candidate's primary key."""

    def __init__(self, problems: Mapping[int, str]) -> None:
        super().__init__(
            "scores-refused", N_("有 %(count)s 人的成绩需要改正，其余已保留"), count=len(problems)
        )
        self.problems = problems


def _seat_for(actor: Actor, sitting: Sitting) -> Entry:
    """Return the actor's entry, or a new one on the first free seat, not saved.

    Raises:
        Conflict: the actor has entered and nothing differs, or the third has looked already.
    """
    entries = entries_of(sitting)
    mine = next((entry for entry in entries if entry.account_id == actor.account_id), None)
    if mine is not None:
        if len(entries) < PEOPLE_NEEDED:
            raise Conflict("second-person-needed", N_("您已登记过成绩，须由另一人再登记一遍"))
        return mine
    if len(entries) == len(SEATS):
        raise Conflict("seats-taken", N_("已有三人登记过成绩，须由他们中的一人改正"))
    return Entry(sitting=sitting, seat=len(entries) + 1, account_id=actor.account_id, account_name=actor.name)


def _read(texts: Mapping[int, str], wanted: list[Candidate]) -> dict[int, str]:
    scores, problems = {}, {}
    for candidate in wanted:
        try:
            scores[candidate.pk] = read_score(texts.get(candidate.pk, ""))
        except InvalidInput as error:
            problems[candidate.pk] = error.message
    if problems:
        raise ScoresRefusedError(problems)
    return scores


@transaction.atomic
def enter_scores(
    actor: Actor,
    pk: int,
    texts: Mapping[int, str],
    sheet: Proof | None,
    *,
    now: datetime,
    is_imported: bool = False,
) -> Sitting:
    """Enter the scores of a sitting, by the candidates' primary keys; results are recorded once two people agree.

    The first and the second person enter everybody. Where the two differ, either of them or a third enters those
    people again. ``sheet`` is the signed score sheet: the first person hands it in.

    Raises:
        NotFound, NotPermitted: out of reach, without the right, or the actor is a candidate.
        Conflict: it is too early, it is over, or it is somebody else's turn.
        ScoresRefusedError: some scores are none; InvalidInput at ``sheet``: the score sheet is missing or unusable.
    """
    sitting = locked_sitting(actor, pk)
    SITTING.next_state("record", sitting.state)
    today = timezone.localtime(now).date()
    if today < sitting.sat_on:
        raise Conflict("not-sat-yet", N_("考试还没有举行，%(day)s 以后再登记成绩"), day=sitting.sat_on)
    candidates = list(sitting.candidates.select_related("officer").order_by("number"))
    if not candidates:
        raise Conflict("no-candidates", N_("还没有考生，请先安排考生"))
    if any(is_own(actor, candidate.officer) for candidate in candidates):
        raise NotPermitted("own-record", N_("您是这场考试的考生，不能登记成绩，请由他人办理"))
    entry = _seat_for(actor, sitting)
    differs = differing(sitting)
    wanted = [one for one in candidates if one.pk in differs] if sitting.entries.count() >= 2 else candidates
    scores = _read(texts, wanted)
    if sitting.proof_id is None:
        if sheet is None:
            raise InvalidInput("proof-missing", N_("请上传签字的成绩表"), place="sheet")
        try:
            sitting.proof = store_document(actor, sheet.raw, sheet.file_name, sitting.place, now=now)
        except InvalidInput as error:
            error.place = "sheet"
            raise
        sitting.save(update_fields=["proof"])
    entry.entered_at, entry.is_imported = now, entry.is_imported or is_imported
    entry.save()
    EnteredScore.objects.filter(entry=entry, candidate_id__in=list(scores)).delete()
    EnteredScore.objects.bulk_create(
        EnteredScore(entry=entry, candidate_id=key, score=score) for key, score in scores.items()
    )
    record(
        actor,
        "sitting.scored",
        subject_of(sitting),
        f"第 {entry.seat} 人登记 {len(scores)} 人成绩",
        now=now,
        detail={"seat": entry.seat, "imported": is_imported},
    )
    _record_if_agreed(actor, sitting, candidates, now)
    return sitting


def _record_if_agreed(actor: Actor, sitting: Sitting, candidates: list[Candidate], now: datetime) -> None:
    entered: dict[int, list[str]] = {candidate.pk: [] for candidate in candidates}
    for key, score in EnteredScore.objects.filter(entry__sitting=sitting).values_list(
        "candidate_id", "score"
    ):
        entered[key].append(score)
    results = {key: agreed(scores) for key, scores in entered.items()}
    if None in results.values():
        return
    officers = lock_officers([candidate.officer_id for candidate in candidates])
    proof = sitting.proof
    if proof is None:
        raise Conflict("proof-missing", N_("请上传签字的成绩表"))
    for candidate in candidates:
        points = results[candidate.pk]
        if points is None or points == ABSENT:
            continue
        entry = ExaminationEntry(
            sitting.paper, sitting.sat_on, sitting.organiser.name, Decimal(points), sitting.pass_mark
        )
        try:
            candidate.result = record_sat(actor, officers[candidate.officer_id], entry, proof, now=now)
        except InvalidInput as error:
            raise Conflict(
                "result-known",
                N_("考号 %(number)s 的成绩不能入册，请先核对此人当天的考试记录"),
                number=candidate.number,
            ) from error
        candidate.save(update_fields=["result"])
    sitting.state = SITTING.next_state("record", sitting.state).value
    sitting.recorded_at = now
    sitting.is_late = timezone.localtime(now).date() > sitting.scores_due_on
    sitting.save()
    passed = sum(1 for one in candidates if one.result is not None and one.result.is_passed)
    sat = sum(1 for one in candidates if one.result is not None)
    record(
        actor,
        "sitting.recorded",
        subject_of(sitting),
        f"实考 {sat} 人，合格 {passed} 人" + ("，逾期登记" if sitting.is_late else ""),
        now=now,
        detail={"late": sitting.is_late, "proof": proof.digest},
    )
    tell_year(sitting.organiser, sitting.sat_on.year, now=now)


def read_score_sheet(sitting: Sitting, table: Proof) -> SheetReading:
    """Read a score sheet as a spreadsheet; findings by row.

    Raises:
        InvalidInput: the file cannot be read, or has no heading; ``place`` is ``table``.
    """
    names = dict(sitting.candidates.values_list("number", "officer__name"))
    if len(table.raw) > LARGEST_SHEET_BYTES:
        raise InvalidInput("document-too-large", N_("成绩表超过 5 MB，请核对所选文件"), place="table")
    try:
        sheets = workbooks().read(table.raw, table.file_name)
        filled = next((sheet for sheet in sheets if sheet.rows), None)
        if filled is None:
            raise InvalidInput("empty-sheet", N_("成绩表是空的，请核对所选文件"))
        return read_sheet(filled.rows, names)
    except InvalidInput as error:
        error.place = "table"
        raise


def import_scores(
    actor: Actor, pk: int, table: Proof, sheet: Proof | None, *, now: datetime
) -> tuple[Sitting, SheetReading]:
    """Take a spreadsheet as one person's entry; with findings nothing is entered.

    Raises:
        As :func:`enter_scores` and :func:`read_score_sheet`.
    """
    with transaction.atomic():
        sitting = locked_sitting(actor, pk)
        reading = read_score_sheet(sitting, table)
        if reading.findings:
            return sitting, reading
        keys = dict(sitting.candidates.values_list("number", "pk"))
        texts = {keys[number]: score for number, score in reading.scores.items()}
        return enter_scores(actor, pk, texts, sheet, now=now, is_imported=True), reading
