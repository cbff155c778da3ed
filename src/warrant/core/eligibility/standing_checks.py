"""Checks of how the person stands: certificates, other cases, moves, doubtful records."""

from __future__ import annotations

from datetime import date

from warrant.core.eligibility.facts import CertificateFact, Known
from warrant.core.eligibility.finding import Finding, failed, met, unknown
from warrant.core.eligibility.person_checks import Parameters, years_before
from warrant.core.errors import N_
from warrant.core.lifecycle import CERTIFICATE, CertificateState

_ENDED = frozenset(state.value for state in CERTIFICATE.final)


def is_live(certificate: CertificateFact) -> bool:
    """Tell whether a certificate has not ended."""
    return certificate.state not in _ENDED


def no_live_certificate(known: Known, parameters: Parameters, on: date) -> Finding:
    """No certificate that still lives."""
    certificates = known.certificates()
    if certificates is None:
        return unknown(N_("没有查到证件情况"))
    live = next((one for one in certificates if is_live(one)), None)
    if live is not None:
        return failed(N_("已持有证件 %(number)s"), number=live.number)
    return met(N_("没有在用证件"))


def held_certificate(known: Known, parameters: Parameters, on: date) -> Finding:
    """A certificate in one of the states from which this kind of application starts."""
    certificates = known.certificates()
    if certificates is None:
        return unknown(N_("没有查到证件情况"))
    for one in certificates:
        if one.state in parameters["states"]:
            return met(
                N_("持有证件 %(number)s（%(certificate_state)s）"),
                number=one.number,
                certificate_state=one.state,
            )
    if not certificates:
        return failed(N_("没有证件"))
    last = certificates[0]
    return failed(
        N_("证件 %(number)s 现为“%(certificate_state)s”"), number=last.number, certificate_state=last.state
    )


def revocation_bar(known: Known, parameters: Parameters, on: date) -> Finding:
    """No certificate revoked, or revoked so many years ago; without a number of years it bars for ever."""
    certificates, years = known.certificates(), parameters["years"]
    if certificates is None:
        return unknown(N_("没有查到证件情况"))
    revoked = [one for one in certificates if one.state == CertificateState.REVOKED]
    if not revoked:
        return met(N_("没有被吊销的证件"))
    last = max(revoked, key=lambda one: one.ended_on or date.max)
    if years is None:
        return failed(N_("证件 %(number)s 已被吊销"), number=last.number)
    if last.ended_on is None:
        return unknown(N_("证件 %(number)s 已被吊销，不知何日"), number=last.number)
    if last.ended_on > years_before(on, years):
        return failed(
            N_("证件 %(number)s 于 %(ended_on)s 被吊销，未满 %(years)s 年"),
            number=last.number,
            ended_on=last.ended_on,
            years=years,
        )
    return met(N_("证件 %(number)s 被吊销已满 %(years)s 年"), number=last.number, years=years)


def no_open_application(known: Known, parameters: Parameters, on: date) -> Finding:
    """No other application on its way."""
    numbers = known.texts("open_applications")
    if numbers is None:
        return unknown(N_("没有查到其他申请"))
    if numbers:
        return failed(N_("申请 %(number)s 尚未办结"), number=numbers[0])
    return met(N_("没有其他未办结的申请"))


def no_transfer(known: Known, parameters: Parameters, on: date) -> Finding:
    """Not on the way to another unit."""
    unit = known.text("transfer")
    if unit is None:
        return unknown(N_("没有查到调动情况"))
    return failed(N_("正在调往“%(unit)s”"), unit=unit) if unit else met(N_("没有在办的调动"))


def no_duplicate(known: Known, parameters: Parameters, on: date) -> Finding:
    """No other record that may be the same person, still to be looked at."""
    count = known.number("duplicates")
    if count is None:
        return unknown(N_("没有查到疑似重复情况"))
    if count:
        return failed(N_("有 %(count)s 份疑似同一人的档案尚未核对"), count=count)
    return met(N_("没有待核对的疑似重复"))
