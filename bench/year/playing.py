"""The year itself, day by day: what happens to whom is drawn with a seed, and done by the product's services."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from unittest import mock

from django.db import transaction

from bench.year.province import STATION, SUITE, Province, file_case
from warrant.apps.cardcentre.models import Card, CardJob, KeySet
from warrant.apps.cardcentre.selectors.balance import lying_serials
from warrant.apps.cardcentre.services import jobs, rekeying, stock
from warrant.apps.cardcentre.services.closing import close_day, confirm_day
from warrant.apps.cardcentre.services.destruction import propose_destruction, witness_destruction
from warrant.apps.cardcentre.services.hand_over import record_hand_over
from warrant.apps.certificates import services
from warrant.apps.certificates.models import Certificate
from warrant.apps.certificates.services.losses import NoticeEntry, record_loss_notice
from warrant.apps.foundation.inbox import ReceivedEvent
from warrant.apps.officers.models import Officer
from warrant.apps.officers.services.leaving import LeavingWish, record_leaving
from warrant.apps.reviews.models import ReviewCampaign, ReviewLine
from warrant.apps.reviews.services import (
    confirm_batch,
    lapse_overdue,
    open_campaign,
    propose_clean,
    propose_line,
)
from warrant.apps.reviews.services.opening import fill_campaign
from warrant.apps.training.models import TrainingRecord
from warrant.core.ledger.event import build_event
from warrant.core.lifecycle import CardJobState, CardState, LeavingKind
from warrant.core.standards.card_serial import serials_text

NEWCOMERS, LOST, FOUND, WITHHELD, REVOKED, LEAVING = 0.05, 0.02, 0.4, 0.01, 0.2, 0.03
RENEWED, SPOILED, HANDED_IN, REKEYED = 0.8, 0.02, 0.7, 0.6
"""Parts: of all officers, of the lost that are found, of the withheld that are revoked, of those that expire and renew,
of the cards made that are spoiled, of the dead ones that are handed in, of those on the old keys that get the new ones."""
PDF = b"%PDF-1.4 1 0 obj<</Type /Page>>endobj\n%%EOF"
Act = Callable[[datetime], None]


def at(day: date) -> datetime:
    """Return nine in the morning of a day, in Beijing."""
    return datetime.combine(day, time(1, 0), UTC)


class Year:
    """Draws what happens and does it; ``province.book`` is told of each act apart from the product."""

    def __init__(self, province: Province, first_day: date) -> None:
        self.province, self.book, self.random = province, province.book, province.random
        self.first_day = first_day
        self.days: dict[date, list[Act]] = defaultdict(list)
        self._seq = 0
        self._campaign: ReviewCampaign | None = None

    def play(self, told: Callable[[str], None] = lambda line: None) -> None:
        """Play 365 days."""
        self._draw()
        for count in range(365):
            day = self.first_day + timedelta(days=count)
            now = at(day)
            for act in self.days.pop(day, []):
                act(now)
                now += timedelta(seconds=1)
            self._upkeep(day, now + timedelta(hours=12))
            if (day + timedelta(days=1)).day == 1:
                self._end_of_month(now + timedelta(hours=13))
                told(f"{day}: {sum(self.book.acts.values())} acts")

    def _on(self, day: date, act: Act) -> None:
        self.days[day].append(act)

    def _some_day(self) -> date:
        return self.first_day + timedelta(days=self.random.randrange(1, 330))

    def _draw(self) -> None:
        officers = list(Officer.system.order_by("pk").values_list("pk", "certificate_number"))
        holders = [(pk, number) for pk, number in officers if number]
        without = [pk for pk, number in officers if not number]
        total = len(officers)
        draw = self.random.sample
        for pk in draw(without, min(len(without), round(total * NEWCOMERS))):
            self._on(self._some_day(), lambda now, pk=pk: self._issue(pk, "", now))  # type: ignore[misc]  # bound early
        for pk, number in draw(holders, round(total * LOST)):
            self._on(self._some_day(), lambda now, pk=pk, number=number: self._lose(pk, number, now))  # type: ignore[misc]
        for _pk, number in draw(holders, round(total * WITHHELD)):
            self._on(self._some_day(), lambda now, number=number: self._withhold(number, now))  # type: ignore[misc]
        for pk, number in draw(holders, round(total * LEAVING)):
            self._on(self._some_day(), lambda now, pk=pk, number=number: self._leave(pk, number, now))  # type: ignore[misc]
        for pk, number in holders:
            last = self.book.valid_until[number]
            if last < self.first_day + timedelta(days=350) and self.random.random() < RENEWED:
                day = max(self.first_day + timedelta(days=1), last - timedelta(days=20))
                self._on(day, lambda now, pk=pk, number=number: self._renew(pk, number, now))  # type: ignore[misc]
        year = self.first_day.year
        self._on(date(year, 1, 11), self._open_review)
        self._on(date(year, 2, 15), self._decide_exceptions)
        self._on(date(year, 5, 10), self._pass_late)
        self._on(date(year, 7, 1), self._rotate)

    def _certificate(self, number: str) -> Certificate:
        return Certificate.system.select_related("officer__agency", "status_list", "filing_request").get(
            number=number
        )

    def _has_upcoming(self, pk: int) -> bool:
        return Certificate.system.filter(officer=pk, state__in=("awaiting-production", "produced")).exists()

    # -- issue and renewal

    def _issue(self, pk: int, replaced: str, now: datetime) -> None:
        officer = Officer.system.select_related("agency").get(pk=pk)
        self._seq += 1
        with transaction.atomic():
            request = file_case(
                self.province, officer, "renewal" if replaced else "first-issue", replaced, now
            )
            event = build_event(
                node="ministry",
                seq=self._seq,
                type="cn.warrant.filing.decided.v1",
                subject=f"application:{request.application.number}",
                occurred_at=now,
                dataschema="urn:warrant:schema:filing.decided:1",
                data={"request_hash": bytes(request.request_hash).hex(), "decision": "granted"},
                ver=1,
                prev_ver=0,
            )
            services.prepare_certificate(ReceivedEvent(event, "ministry"), now=now)
        fresh = Certificate.system.get(filing_request=request)
        self.book.begin(fresh.number, fresh.state, fresh.valid_until)
        self.book.acts["prepare"] += 1
        self._make_later(fresh.number, replaced, now)

    def _renew(self, pk: int, number: str, now: datetime) -> None:
        if self.book.certificates[number] == "active" and not self._has_upcoming(pk):
            self._issue(pk, number, now)

    def _make_later(self, number: str, replaced: str, now: datetime) -> None:
        day = now.date() + timedelta(days=self.random.randrange(1, 6))
        self._on(day, lambda at_: self._make(number, replaced, at_))

    def _make(self, number: str, replaced: str, now: datetime) -> None:
        """Make the card as the station does, but for the chip: reserved, made, looked at, now and then spoiled."""
        if not self.book.is_possible(number, "record-production"):
            return
        operator = self.province.operator
        while True:
            serial = self.province.take_blank(now)
            with transaction.atomic():
                certificate = services.locked_certificate(self._certificate(number).pk)
                job = CardJob(
                    certificate=certificate,
                    state=CardJobState.MADE.value,
                    created_at=now,
                    started_by_id=operator.account_id,
                    started_at=now,
                    made_at=now,
                    attempts=1,
                )
                stock.take_blank(serial=serial, job=job, station=STATION, actor=operator, now=now)
                job.save()
            self.book.give_card(number, serial)
            if self.random.random() >= SPOILED:
                break
            jobs.spoil_card_job(operator, job, "卡面划伤", now=now)
            self.book.move_card(serial, "spoil")
        jobs.pass_check(operator, job, now=now)
        self.book.move_card(serial, "record-personalisation")
        self.book.act(number, "record-production")
        day = now.date() + timedelta(days=self.random.randrange(1, 8))
        self._on(day, lambda at_: self._hand_over(number, replaced, at_))

    def _hand_over(self, number: str, replaced: str, now: datetime) -> None:
        if not self.book.is_possible(number, "hand-over"):
            return
        certificate = self._certificate(number)
        record_hand_over(self.province.registrar, certificate, certificate.officer.name, now=now)
        if replaced and self.book.is_possible(replaced, "cancel"):
            self.book.act(replaced, "cancel")
        self.book.move_card(self.book.card_of[number], "hand-over")
        self.book.act(number, "hand-over")

    # -- loss, withholding, leaving

    def _lose(self, pk: int, number: str, now: datetime) -> None:
        if not self.book.is_possible(number, "report-lost") or self._has_upcoming(pk):
            return
        certificate = self._certificate(number)
        services.report_lost(self.province.registrar, certificate, "执勤途中遗失", ground="lost", now=now)
        self.book.act(number, "report-lost")
        later = now.date() + timedelta(days=2)
        if self.random.random() < FOUND:
            self._on(later, lambda at_: self._find(number, at_))
        else:
            self._on(later, lambda at_: self._replace(number, at_))

    def _find(self, number: str, now: datetime) -> None:
        if self.book.is_possible(number, "cancel-loss-report"):
            services.cancel_loss_report(
                self.province.registrar, self._certificate(number), "已找回", ground="found", now=now
            )
            self.book.act(number, "cancel-loss-report")

    def _replace(self, number: str, now: datetime) -> None:
        if self.book.certificates[number] != "lost":
            return
        certificate = self._certificate(number)
        entry = NoticeEntry("新华日报", now.date(), PDF, "notice.pdf")
        record_loss_notice(self.province.registrar, certificate, entry, now=now)
        self.book.acts["loss notice"] += 1
        application = certificate.filing_request.application
        application.certificate_number = number
        with transaction.atomic():
            services.prepare_replacement(application, self.province.approver, now=now)
        fresh = Certificate.system.get(replaces=certificate)
        self.book.begin(fresh.number, fresh.state, fresh.valid_until)
        self.book.acts["prepare replacement"] += 1
        self._make_later(fresh.number, number, now)

    def _withhold(self, number: str, now: datetime) -> None:
        if not self.book.is_possible(number, "withhold"):
            return
        until = now.date() + timedelta(days=30)
        services.withhold(
            self.province.approver,
            self._certificate(number),
            "考核",
            ground="assessment-failed",
            until=until,
            now=now,
        )
        self.book.act(number, "withhold")
        self._on(now.date() + timedelta(days=25), lambda at_: self._end_withholding(number, at_))

    def _end_withholding(self, number: str, now: datetime) -> None:
        if self.book.certificates[number] != "withheld":
            return
        certificate = self._certificate(number)
        if self.random.random() < REVOKED:
            services.revoke(
                self.province.approver, certificate, "再次被暂扣", ground="withheld-repeatedly", now=now
            )
            self.book.act(number, "revoke")
            return
        TrainingRecord.objects.create(
            officer=certificate.officer,
            course="离岗培训",
            organiser="省厅",
            hours=24,
            started_on=now.date() - timedelta(days=10),
            finished_on=now.date() - timedelta(days=1),
            proof=self.province.photo,
            recorded_by_id=self.province.registrar.account_id,
            recorded_at=now,
        )
        services.return_withheld(self.province.approver, certificate, "培训合格", ground="trained", now=now)
        self.book.act(number, "return")

    def _leave(self, pk: int, number: str, now: datetime) -> None:
        if Officer.system.get(pk=pk).state != "active":
            return
        day = now.date()
        wish = LeavingWish(LeavingKind.RETIREMENT, day, "到龄退休", "苏交人〔2027〕1号")
        record_leaving(self.province.registrar, pk, wish, None, on=day, now=now)
        for certificate in Certificate.system.filter(officer=pk).order_by("pk"):
            if self.book.is_possible(certificate.number, "cancel"):
                self.book.act(certificate.number, "cancel")

    # -- annual review

    def _open_review(self, now: datetime) -> None:
        """Open the campaign of last year; what meets everything passes five hundred at a time, by two people."""
        province = self.province
        self._campaign = open_campaign(province.approver, now.year - 1, now=now)
        fill_campaign(self._campaign, now=now)
        while ReviewLine.system.filter(campaign=self._campaign, state="open", is_clean=True).exists():
            batch = propose_clean(province.approver, self._campaign, now=now)
            passed = list(batch.lines.values_list("certificate__number", flat=True))
            confirm_batch(province.second, batch, now=now)
            self._note_passed(passed)

    def _note_passed(self, numbers: list[str]) -> None:
        for number in numbers:
            self.book.passed.add(number)
            self.book.acts["review passed"] += 1
            if self.book.certificates[number] == "lapsed":
                self.book.act(number, "reinstate")

    def _decide(self, line: ReviewLine, result: str, now: datetime) -> None:
        batch = propose_line(self.province.approver, line, result, "逐一核实", now=now)
        confirm_batch(self.province.second, batch, now=now)
        number = line.certificate.number
        if result == "passed":
            self._note_passed([number])
            return
        self.book.acts["review not passed"] += 1
        if self.book.is_possible(number, "withhold"):
            self.book.act(number, "withhold")

    def _open_lines(self) -> list[ReviewLine]:
        rows = ReviewLine.system.filter(campaign=self._campaign, state="open").order_by("pk")
        return list(rows.select_related("certificate", "officer", "campaign"))

    def _decide_exceptions(self, now: datetime) -> None:
        for line in self._open_lines():
            chance = self.random.random()
            if chance < 0.75 and self.book.certificates[line.certificate.number] in ("active", "lapsed"):
                self._decide(line, "passed" if chance < 0.6 else "not-passed", now)

    def _pass_late(self, now: datetime) -> None:
        for line in self._open_lines():
            if self.book.certificates[line.certificate.number] == "lapsed" and self.random.random() < 0.5:
                self._decide(line, "passed", now)

    # -- keys, rules of the day, stock

    def _rotate(self, now: datetime) -> None:
        """Put the second version of the sub-keys onto new cards; the act itself is a ceremony, played elsewhere.

        From now on holders come to a station by and by, and their cards get it too.
        """
        KeySet.objects.filter(suite=SUITE, version=1).update(state="retired", active_until=now)
        KeySet.objects.filter(suite=SUITE, version=2).update(state="active", active_from=now)
        self.book.version = 2
        for number in [
            number for number, serial in self.book.card_of.items() if self.book.key_of[serial] == 1
        ]:
            if self.random.random() < REKEYED:
                day = now.date() + timedelta(days=self.random.randrange(1, 180))
                self._on(day, lambda at_, number=number: self._rekey(number, at_))  # type: ignore[misc]

    def _rekey(self, number: str, now: datetime) -> None:
        """Exchange the keys as a station does, but for the chip: begun and over on record, a commit each."""
        if not self.book.can_rekey(number):
            return
        card = Card.objects.get(serial=self.book.card_of[number])
        with mock.patch.object(rekeying, "_content", return_value=None):  # what goes onto the chip
            card, _content = rekeying._begin(self.province.operator, card, now)
        rekeying._finish(self.province.operator, card, self.book.version, now)
        self.book.rekey(number)

    def _upkeep(self, day: date, now: datetime) -> None:
        while services.expire_certificates(now=now):
            pass
        self.book.expire(day)
        while lapse_overdue(now=now):
            pass
        if self._campaign is not None and day > self._campaign.due_on:
            lines = ReviewLine.system.filter(campaign=self._campaign).values_list(
                "certificate__number", flat=True
            )
            if day == self._campaign.due_on + timedelta(days=1):
                self._reviewed = set(lines)
            for number in self._reviewed - self.book.passed:
                if self.book.is_possible(number, "lapse"):
                    self.book.act(number, "lapse")

    def _end_of_month(self, now: datetime) -> None:
        """Take dead cards back, destroy what lies there before two witnesses, close the day of both stores."""
        province = self.province
        dead = [serial for serial, state in self.book.cards.items() if state == "dead"]
        for serial in dead:
            if self.random.random() < HANDED_IN:
                card = Card.objects.get(serial=serial)
                stock.take_back(province.operator, card, province.central, "单位收缴", now=now)
                self.book.move_card(serial, "take-back")
        returned = [serial for serial, state in self.book.cards.items() if state == CardState.RETURNED]
        if returned:
            act = propose_destruction(
                province.operator, province.central, serials_text(returned[:2000]), "粉碎", now=now
            )
            witness_destruction(province.counter, act, now=now)
            witness_destruction(province.witness, act, now=now)
            for serial in returned[:2000]:
                self.book.move_card(serial, "destroy")
        for store in (province.central, province.station):
            found = serials_text(sorted(lying_serials(store)))
            confirm_day(province.counter, close_day(province.operator, store, found, "", now=now), now=now)
            self.book.acts["stock day closed"] += 1
