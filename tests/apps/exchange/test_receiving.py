"""A peer's log is taken over exactly once and in order, whatever the line and the peer do."""

from __future__ import annotations

import pytest
from django.db import OperationalError
from tests.apps.exchange.conftest import OtherNode

from warrant.apps.exchange.models import DeadLetter, InboxEntry, InboxStream, InboxSubject
from warrant.apps.exchange.services.receiving import receive_batch
from warrant.apps.exchange.types import Batch
from warrant.core.errors import Conflict, InvalidInput, NotPermitted, Unavailable
from warrant.core.ledger.receipt import Receipt

pytestmark = pytest.mark.usefixtures("ministry_here")


def bodies_held() -> list[bytes]:
    return [bytes(entry.body) for entry in InboxEntry.objects.order_by("seq")]


def letters() -> list[tuple[int, str]]:
    return list(DeadLetter.objects.order_by("entry__seq").values_list("entry__seq", "code"))


def notes(applied) -> list[object]:
    return [received.event.data["note"] for received in applied.events]


def test_events_are_kept_byte_for_byte_and_applied_in_order(jiangsu, applied, now):
    for number in range(5):
        jiangsu.says("officer:1", f"n{number}")
    held = receive_batch("320000", jiangsu.batch(), now=now)
    assert bodies_held() == jiangsu.bodies
    assert notes(applied) == ["n0", "n1", "n2", "n3", "n4"]
    assert (held.size, held.root, held.checkpoint) == (5, jiangsu.tree.stored.root(), jiangsu.checkpoint())


def test_the_handler_gets_a_receipt_that_verifies_with_the_peers_key_alone(jiangsu, applied, now):
    for number in range(7):
        jiangsu.says(f"officer:{number}", f"n{number}")
    receive_batch("320000", jiangsu.batch(1, 3), now=now)
    receive_batch("320000", jiangsu.batch(4, 7), now=now)
    for number, received in enumerate(applied.events):
        event = Receipt.parse(received.receipt).verify("urn:warrant:log:320000", jiangsu.signer.public_key)
        assert event.data["note"] == f"n{number}"
        assert received.node == "320000"


def test_the_same_batch_twice_is_applied_once_and_answered_alike(jiangsu, applied, now):
    jiangsu.says("officer:1", "once")
    first = receive_batch("320000", jiangsu.batch(), now=now)
    assert receive_batch("320000", jiangsu.batch(), now=now) == first
    assert notes(applied) == ["once"]


def test_of_an_overlapping_batch_only_the_new_events_are_applied(jiangsu, applied, now):
    for number in range(4):
        jiangsu.says("officer:1", f"n{number}")
    receive_batch("320000", jiangsu.batch(1, 2), now=now)
    receive_batch("320000", jiangsu.batch(1, 4), now=now)
    assert notes(applied) == ["n0", "n1", "n2", "n3"]
    assert bodies_held() == jiangsu.bodies


def test_a_gap_is_refused_with_the_number_that_must_come(jiangsu, now):
    for number in range(4):
        jiangsu.says("officer:1", f"n{number}")
    receive_batch("320000", jiangsu.batch(1, 1), now=now)
    with pytest.raises(Conflict) as refused:
        receive_batch("320000", jiangsu.batch(3, 4), now=now)
    assert (refused.value.code, refused.value.fields) == ("batch-gap", {"expected": 2})
    assert InboxEntry.objects.count() == 1


def test_an_empty_batch_from_beyond_tells_a_restored_receiver_from_its_sender(jiangsu, now):
    for number in range(3):
        jiangsu.says("officer:1", f"n{number}")
    receive_batch("320000", jiangsu.batch(1, 1), now=now)
    with pytest.raises(Conflict) as refused:
        receive_batch("320000", jiangsu.batch(4, 3), now=now)
    assert refused.value.fields == {"expected": 2}


def test_one_changed_byte_in_any_event_is_refused_and_nothing_is_kept(jiangsu, applied, now):
    jiangsu.says("officer:1", "true")
    jiangsu.says("officer:2", "true")
    whole = jiangsu.batch()
    forged = Batch(1, (whole.bodies[0], whole.bodies[1].replace(b"true", b"tru3")), whole.checkpoint)
    with pytest.raises(InvalidInput, match="batch-root-wrong"):
        receive_batch("320000", forged, now=now)
    assert (InboxEntry.objects.count(), applied.events) == (0, [])
    assert InboxStream.objects.get().refusal == "batch-root-wrong"
    receive_batch("320000", whole, now=now)
    assert InboxStream.objects.get().refusal == ""


def test_a_checkpoint_by_another_key_is_not_permitted(jiangsu, now):
    jiangsu.says("officer:1")
    stranger = OtherNode("320000")
    stranger.says_bytes(jiangsu.bodies[0])
    with pytest.raises(NotPermitted, match="checkpoint-not-by-peer"):
        receive_batch("320000", stranger.batch(), now=now)


def test_a_damaged_signature_of_the_right_key_is_refused(jiangsu, now):
    jiangsu.says("officer:1")
    whole = jiangsu.batch()
    size_changed = Batch(1, whole.bodies, whole.checkpoint.replace(b"\n1\n", b"\n2\n", 1))
    with pytest.raises(InvalidInput, match="checkpoint-signature-invalid"):
        receive_batch("320000", size_changed, now=now)


def test_another_provinces_log_is_refused(jiangsu, now):
    shanghai = OtherNode("310000")
    shanghai.says("officer:1")
    with pytest.raises(InvalidInput, match="checkpoint-origin"):
        receive_batch("320000", shanghai.batch(), now=now)


def test_an_event_that_cannot_be_applied_parks_its_subject_and_nothing_else(jiangsu, applied, now):
    jiangsu.says("officer:1", "refuse")
    jiangsu.says("officer:1", "behind")
    jiangsu.says("officer:2", "free")
    receive_batch("320000", jiangsu.batch(), now=now)
    jiangsu.says("officer:1", "still behind")
    jiangsu.says("officer:2", "free again")
    receive_batch("320000", jiangsu.batch(4, 5), now=now)
    assert notes(applied) == ["free", "free again"]
    assert letters() == [(1, "made-up-refusal")]
    assert bodies_held() == jiangsu.bodies
    assert InboxSubject.objects.get(subject="officer:1").is_parked
    waiting = InboxEntry.objects.filter(applied_at=None).order_by("seq")
    assert list(waiting.values_list("seq", flat=True)) == [1, 2, 4]


def test_content_that_a_handler_stumbles_over_becomes_a_dead_letter(jiangsu, applied, now):
    jiangsu.says("officer:1", "stumble")
    jiangsu.says("officer:2", "free")
    receive_batch("320000", jiangsu.batch(), now=now)
    assert (letters(), notes(applied)) == ([(1, "handler-failed")], ["free"])


def test_a_reason_that_quotes_a_nul_byte_can_be_stored(jiangsu, applied, now):
    applied.breaks_on = {"nul": InvalidInput("made-up-refusal", "编造的理由“%(quoted)s”", quoted="a\x00b")}
    jiangsu.says("officer:1", "nul")
    receive_batch("320000", jiangsu.batch(), now=now)
    assert DeadLetter.objects.get().fields == {"quoted": "a\ufffdb"}


def test_an_unknown_kind_is_kept_as_a_dead_letter(jiangsu, now):
    jiangsu.says("officer:1", kind="not.known")
    receive_batch("320000", jiangsu.batch(), now=now)
    assert letters() == [(1, "kind-unknown")]
    assert bodies_held() == jiangsu.bodies


def test_bytes_that_are_no_event_are_kept_and_do_not_stop_the_log(jiangsu, applied, now):
    jiangsu.says_bytes(b"\xff not an event")
    jiangsu.says("officer:2", "free")
    receive_batch("320000", jiangsu.batch(), now=now)
    assert (letters(), notes(applied)) == ([(1, "event-invalid")], ["free"])


def test_an_event_that_names_another_place_is_a_dead_letter(jiangsu, now):
    jiangsu.says("officer:1", "first")
    jiangsu.says_bytes(jiangsu.bodies[0])
    receive_batch("320000", jiangsu.batch(), now=now)
    assert letters() == [(2, "event-misplaced")]


def test_a_version_that_skips_one_is_a_dead_letter(jiangsu, applied, now):
    jiangsu.says("officer:1", "v1")
    jiangsu.says("officer:1", "v3", skips=1)
    receive_batch("320000", jiangsu.batch(), now=now)
    assert (letters(), notes(applied)) == ([(2, "version-park")], ["v1"])


def test_what_a_refusing_handler_wrote_is_undone(jiangsu, settings, now):
    settings.WARRANT_INBOX = {"made-up.happened": [f"{__name__}.write_then_refuse"]}
    jiangsu.says("officer:1")
    receive_batch("320000", jiangsu.batch(), now=now)
    assert not InboxSubject.objects.filter(subject="written by the handler").exists()


def write_then_refuse(received, *, now):
    InboxSubject.objects.create(stream_id="320000", subject="written by the handler", version=1)
    raise Conflict("made-up-refusal", "编造的理由")


@pytest.mark.parametrize(
    "failure", [OperationalError("disk"), Unavailable("vault-unreachable", "密钥库暂不可用")]
)
def test_a_crash_before_commit_keeps_nothing_and_sending_again_completes(jiangsu, applied, now, failure):
    jiangsu.says("officer:1", "first")
    jiangsu.says("officer:2", "breaks")
    applied.breaks_on = {"breaks": failure}
    with pytest.raises(type(failure)):
        receive_batch("320000", jiangsu.batch(), now=now)
    assert (InboxEntry.objects.count(), InboxSubject.objects.count(), letters()) == (0, 0, [])
    applied.breaks_on, applied.events = {}, []
    receive_batch("320000", jiangsu.batch(), now=now)
    assert notes(applied) == ["first", "breaks"]


def test_two_histories_of_one_log_stop_the_link_for_good(jiangsu, now):
    jiangsu.says("officer:1", "true")
    receive_batch("320000", jiangsu.batch(), now=now)
    other = OtherNode("320000")
    other.signer = jiangsu.signer
    other.says("officer:1", "false")
    with pytest.raises(Conflict, match="log-forked"):
        receive_batch("320000", other.batch(), now=now)
    assert InboxStream.objects.get().fork_found_at == now
    jiangsu.says("officer:1", "more")
    with pytest.raises(Conflict, match="log-forked"):
        receive_batch("320000", jiangsu.batch(2, 2), now=now)
    assert bodies_held() == jiangsu.bodies[:1]


def test_a_full_batch_needs_few_queries(jiangsu, applied, now, django_assert_max_num_queries):
    for number in range(200):
        jiangsu.says(f"officer:{number % 50}", f"n{number}")
    with django_assert_max_num_queries(20 + 2 * 200):  # a savepoint for each event, the rest in bulk
        receive_batch("320000", jiangsu.batch(), now=now)
    assert len(applied.events) == 200
