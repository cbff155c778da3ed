"""Who may speak on a link: certificates on record, removal at once, plain HTTP only in a demonstration."""

from __future__ import annotations

import dataclasses

import pytest
from django.test import Client
from tests.apps.exchange.conftest import sent
from tests.apps.exchange.test_link import read_body
from tests.support.link_papers import LinkPapers, facts

from warrant.apps.audit.models import AuditRow
from warrant.apps.exchange import views
from warrant.apps.exchange.models import InboxEntry, LinkCertificate
from warrant.apps.exchange.services.enrolment import readmit_node, record_certificate, remove_node
from warrant.apps.exchange.services.receiving import receive_batch
from warrant.apps.foundation import clock
from warrant.core.errors import Conflict, NotFound, NotPermitted

APPEND = "/exchange/v1/logs/320000/append"
READ = "/exchange/v1/logs/ministry-320000/read"
OPERATOR = "operator"


@pytest.fixture
def papers(tmp_path):
    return LinkPapers(tmp_path / "papers")


@pytest.fixture
def production(ministry_here, settings):
    peers = dict(settings.WARRANT_NODE.peers)
    peers["310000"] = dataclasses.replace(peers["320000"], code="310000")
    settings.WARRANT_NODE = dataclasses.replace(settings.WARRANT_NODE, is_development=False, peers=peers)


@pytest.fixture
def enrol(papers, production):
    def record(code: str, **how):
        certificate = facts(papers.issue(code, **how))
        record_certificate(certificate, operator=OPERATOR, now=clock.now())
        return certificate

    return record


def post(path, body, fingerprint="", **extra):
    answer = Client(enforce_csrf_checks=True).post(
        path, body, content_type="application/json", **{"warrant.link_certificate": fingerprint}, **extra
    )
    return answer.status_code, answer.json().get("code", "")


def test_a_node_is_let_in_with_its_certificate_on_both_ways(enrol, jiangsu):
    shown = enrol("320000").fingerprint
    jiangsu.says("officer:1", "n")
    assert post(APPEND, sent(jiangsu.batch()), shown) == (200, "")
    assert post(READ, read_body(jiangsu), shown) == (200, "")


def test_a_certificate_that_is_not_on_record_is_refused_though_the_authority_issued_it(
    papers, enrol, jiangsu
):
    enrol("320000")
    shown = facts(papers.issue("320000")).fingerprint
    jiangsu.says("officer:1", "n")
    assert post(APPEND, sent(jiangsu.batch()), shown) == (403, "link-certificate-unknown")
    assert not InboxEntry.objects.exists()


def test_another_provinces_certificate_is_refused_though_the_batch_is_rightly_signed(enrol, jiangsu):
    shown = enrol("310000").fingerprint
    jiangsu.says("officer:1", "n")
    assert post(APPEND, sent(jiangsu.batch()), shown) == (403, "link-certificate-other-node")
    assert post(READ, read_body(jiangsu), shown) == (403, "link-certificate-other-node")


def test_a_certificate_that_expires_on_an_open_connection_is_refused(enrol, jiangsu):
    shown = enrol("320000", days_ago=366).fingerprint
    jiangsu.says("officer:1", "n")
    assert post(APPEND, sent(jiangsu.batch()), shown) == (403, "link-certificate-expired")


@pytest.mark.parametrize("path", [APPEND, READ])
def test_plain_http_is_refused_outside_a_demonstration_on_this_machine(production, settings, jiangsu, path):
    jiangsu.says("officer:1", "n")
    body = sent(jiangsu.batch()) if path == APPEND else read_body(jiangsu)
    assert post(path, body) == (403, "link-tls-required")
    settings.WARRANT_NODE = dataclasses.replace(settings.WARRANT_NODE, is_development=True)
    assert post(path, body, REMOTE_ADDR="192.0.2.7") == (403, "link-tls-required")
    assert post(path, body) == (200, "")


def test_a_header_cannot_pass_for_a_certificate(enrol, jiangsu):
    shown = enrol("320000").fingerprint
    jiangsu.says("officer:1", "n")
    headers = {"HTTP_WARRANT.LINK_CERTIFICATE": shown, "HTTP_WARRANT_LINK_CERTIFICATE": shown}
    assert post(APPEND, sent(jiangsu.batch()), **headers) == (403, "link-tls-required")


def test_a_removed_node_is_refused_from_the_next_request_on(enrol, jiangsu, now):
    shown = enrol("320000").fingerprint
    remove_node("320000", "密钥外泄", operator=OPERATOR, now=clock.now())
    jiangsu.says("officer:1", "n")
    assert post(APPEND, sent(jiangsu.batch()), shown) == (403, "node-removed")
    assert post(READ, read_body(jiangsu), shown) == (403, "node-removed")
    with pytest.raises(NotPermitted, match="node-removed"):  # however the batch came
        receive_batch("320000", jiangsu.batch(), now=now)
    assert AuditRow.objects.filter(action="exchange.node-removed", subject="node:320000").count() == 1


def test_a_node_removed_while_it_waits_gets_nothing(enrol, jiangsu, monkeypatch):
    shown = enrol("320000").fingerprint

    def removed_meanwhile(peer, size, *, until):
        remove_node(peer, "停用", operator=OPERATOR, now=clock.now())

    monkeypatch.setattr(views, "wait_for_more", removed_meanwhile)
    assert post(READ, read_body(jiangsu), shown) == (403, "node-removed")


def test_a_removed_node_comes_back_only_with_a_new_certificate(enrol, jiangsu):
    shown = enrol("320000").fingerprint
    remove_node("320000", "停用", operator=OPERATOR, now=clock.now())
    with pytest.raises(NotPermitted, match="node-removed"):
        enrol("320000")
    readmit_node("320000", "恢复", operator=OPERATOR, now=clock.now())
    jiangsu.says("officer:1", "n")
    assert post(APPEND, sent(jiangsu.batch()), shown) == (403, "link-certificate-unknown")
    assert post(APPEND, sent(jiangsu.batch()), enrol("320000").fingerprint) == (200, "")


def test_after_a_renewal_both_certificates_count_and_only_the_newest_is_listed(enrol, jiangsu):
    first, second = enrol("320000").fingerprint, enrol("320000").fingerprint
    jiangsu.says("officer:1", "n")
    assert [post(APPEND, sent(jiangsu.batch()), shown)[0] for shown in (first, second)] == [200, 200]
    assert list(LinkCertificate.objects.filter(replaced_at=None).values_list("pk", flat=True)) == [second]


def test_one_key_is_not_taken_for_two_nodes_and_nobody_unknown_is_enrolled(enrol, papers):
    jiangsu = enrol("320000")
    with pytest.raises(Conflict, match="link-key-of-another-node"):
        record_certificate(dataclasses.replace(jiangsu, code="310000"), operator=OPERATOR, now=clock.now())
    with pytest.raises(NotFound, match="node-unknown"):
        enrol("999999")
    with pytest.raises(NotFound, match="node-unknown"):
        remove_node("999999", "停用", operator=OPERATOR, now=clock.now())
