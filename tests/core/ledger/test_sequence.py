"""What a receiver does with a batch, what a sender does with an answer; restored backups at either end."""

import hashlib
import random

import pytest

from warrant.core.errors import InvalidInput
from warrant.core.ledger.checkpoint import Checkpoint
from warrant.core.ledger.merkle import EMPTY_ROOT, GrowingTree
from warrant.core.ledger.sequence import (
    Accept,
    Duplicate,
    Fork,
    Gap,
    Level,
    Recover,
    Send,
    VersionVerdict,
    WrongRoot,
    judge_batch,
    judge_gap_answer,
    judge_peer,
    judge_version,
)

ORIGIN = "urn:warrant:log:32"


def leaves(text):
    """One leaf hash for each letter."""
    return [hashlib.sha256(letter.encode()).digest() for letter in text]


def log(text):
    return GrowingTree(leaves(text))


def head(text):
    return Checkpoint(ORIGIN, len(text), log(text).frontier.root())


def judge(held, first_seq, batch, checkpoint):
    tree = log(held)
    return judge_batch(tree.stored, tree.frontier, first_seq, leaves(batch), checkpoint)


def test_next_batch_is_accepted_whole():
    assert judge("abc", 4, "de", head("abcde")) == Accept(0, log("abcde").frontier)


def test_first_batch_of_a_new_log_is_accepted():
    assert judge("", 1, "ab", head("ab")) == Accept(0, log("ab").frontier)


def test_batch_that_overlaps_is_accepted_from_where_it_is_new():
    assert judge("abc", 2, "bcde", head("abcde")) == Accept(2, log("abcde").frontier)


def test_batch_sent_twice_is_a_duplicate():
    assert judge("abcde", 4, "de", head("abcde")) == Duplicate()


def test_stale_batch_that_comes_late_is_a_duplicate():
    assert judge("abcde", 2, "b", head("ab")) == Duplicate()


def test_batch_beyond_the_next_event_is_a_gap_and_names_the_expected_one():
    assert judge("abc", 5, "e", head("abcde")) == Gap(4)


def test_other_event_at_a_held_place_is_a_fork():
    assert judge("abc", 2, "bX", head("abX")) == Fork(3)


def test_same_events_upon_another_past_are_a_fork():
    assert judge("abc", 3, "c", head("aXc")) == Fork(3)


def test_new_events_upon_another_past_have_the_wrong_root():
    assert judge("abc", 4, "d", head("aXcd")) == WrongRoot()


@pytest.mark.parametrize("checkpoint", [head("abcd"), head("abcdef"), Checkpoint(ORIGIN, 5, bytes(32))])
def test_checkpoint_that_is_not_the_batch_s_own_is_refused(checkpoint):
    assert judge("abc", 4, "de", checkpoint) == WrongRoot()


def test_empty_batch_is_a_heartbeat_that_shows_agreement_or_fork_or_gap():
    assert judge("abc", 4, "", head("abc")) == Duplicate()
    assert judge("abc", 4, "", head("abX")) == Fork(3)
    assert judge("abc", 6, "", head("abcde")) == Gap(4)
    assert judge("", 1, "", Checkpoint(ORIGIN, 0, EMPTY_ROOT)) == Duplicate()


def test_batch_before_the_first_event_is_refused():
    with pytest.raises(InvalidInput, match="batch-invalid"):
        judge("abc", 0, "a", head("a"))


def peer_says(own, checkpoint, acknowledged=0, is_starting=False):
    return judge_peer(log(own).stored, checkpoint, acknowledged=acknowledged, is_starting=is_starting)


def test_equal_logs_are_level():
    assert peer_says("abc", head("abc"), acknowledged=3) == Level()


def test_peer_that_lags_is_sent_what_it_lacks():
    assert peer_says("abc", head("a"), acknowledged=1) == Send(2, is_rewind=False)


def test_peer_restored_from_an_older_backup_is_sent_again_what_it_had_acknowledged():
    assert peer_says("abc", head("a"), acknowledged=3) == Send(2, is_rewind=True)


def test_same_size_and_another_root_is_a_fork():
    assert peer_says("abc", head("abX")) == Fork(3)


def test_shorter_log_of_another_history_is_a_fork():
    assert peer_says("abc", head("X")) == Fork(1)


def test_node_restored_from_a_backup_fetches_its_lost_tail_before_it_writes():
    assert peer_says("abc", head("abcde"), is_starting=True) == Recover(4)


def test_peer_that_is_longer_once_the_node_has_started_is_a_fork():
    assert peer_says("abc", head("abcde")) == Fork(4)


def test_sender_rewinds_when_the_receiver_expects_what_it_had_acknowledged():
    assert judge_gap_answer(own_size=9, acknowledged=7, expected=4) == Send(4, is_rewind=True)
    assert judge_gap_answer(own_size=9, acknowledged=7, expected=8) == Send(8, is_rewind=False)


def test_receiver_that_expects_what_was_never_written_is_a_fork():
    assert judge_gap_answer(own_size=9, acknowledged=7, expected=11) == Fork(10)


def test_expected_event_before_the_first_is_refused():
    with pytest.raises(InvalidInput, match="batch-invalid"):
        judge_gap_answer(own_size=9, acknowledged=7, expected=0)


@pytest.mark.parametrize(
    ("held", "ver", "prev_ver", "is_parked", "verdict"),
    [
        (0, 1, 0, False, VersionVerdict.APPLY),
        (4, 5, 4, False, VersionVerdict.APPLY),
        (4, 4, 3, False, VersionVerdict.STALE),
        (4, 1, 0, False, VersionVerdict.STALE),
        (4, 6, 5, False, VersionVerdict.PARK),
        (4, 5, 4, True, VersionVerdict.PARK),
        (4, 5, 3, False, VersionVerdict.INVALID),
        (4, 5, 5, False, VersionVerdict.INVALID),
    ],
)
def test_subject_changes_only_from_the_version_held(held, ver, prev_ver, is_parked, verdict):
    assert judge_version(held, ver, prev_ver, is_parked=is_parked) == verdict


class Pair:
    """A sender and a receiver with a lossy link between them and old backups of both."""

    def __init__(self):
        self.written = 0
        self.sender = []
        self.receiver = []
        self.acknowledged = 0
        self.backups = {"sender": ([], 0), "receiver": []}
        self.under_way = []

    def write(self):
        self.written += 1
        self.sender.append(hashlib.sha256(f"event {self.written}".encode()).digest())

    def ship(self):
        first = self.acknowledged + 1
        self.under_way.append((first, self.sender[first - 1 :], self.head_of(self.sender)))

    def arrive(self, which, is_kept, is_answer_lost):
        if not self.under_way:
            return
        at = which % len(self.under_way)
        batch = self.under_way[at] if is_kept else self.under_way.pop(at)
        self.receive(batch, is_answer_lost)

    def receive(self, batch, is_answer_lost=False):
        tree = GrowingTree(self.receiver)
        outcome = judge_batch(tree.stored, tree.frontier, batch[0], batch[1], batch[2])
        assert not isinstance(outcome, Fork | WrongRoot), "an honest pair never forks"
        if isinstance(outcome, Accept):
            self.receiver += batch[1][outcome.skip :]
            assert outcome.frontier == GrowingTree(self.receiver).frontier
        if is_answer_lost:
            return
        if isinstance(outcome, Gap):
            answer = judge_gap_answer(len(self.sender), self.acknowledged, outcome.expected)
            assert isinstance(answer, Send)
            self.acknowledged = answer.next_seq - 1
        else:
            self.acknowledged = max(self.acknowledged, batch[2].size)

    def back_up(self):
        self.backups = {"sender": (list(self.sender), self.acknowledged), "receiver": list(self.receiver)}

    def restore_receiver(self):
        self.receiver = list(self.backups["receiver"])

    def restore_sender(self):
        """The boot handshake comes before the first write; what is under way is lost with the connections.

        What never reached the receiver is gone from both, as a backup that is older than the work must lose it.
        """
        self.sender, self.acknowledged = list(self.backups["sender"][0]), self.backups["sender"][1]
        self.under_way.clear()
        own = GrowingTree(self.sender)
        verdict = judge_peer(
            own.stored, self.head_of(self.receiver), acknowledged=self.acknowledged, is_starting=True
        )
        assert not isinstance(verdict, Fork)
        if isinstance(verdict, Recover):
            tail = self.receiver[verdict.next_seq - 1 :]
            judged = judge_batch(
                own.stored, own.frontier, verdict.next_seq, tail, self.head_of(self.receiver)
            )
            assert isinstance(judged, Accept)
            self.sender += tail
        self.acknowledged = len(self.receiver)

    def heartbeat(self):
        verdict = judge_peer(
            GrowingTree(self.sender).stored,
            self.head_of(self.receiver),
            acknowledged=self.acknowledged,
            is_starting=False,
        )
        assert not isinstance(verdict, Fork | Recover)
        if isinstance(verdict, Send):
            self.acknowledged = verdict.next_seq - 1

    @staticmethod
    def head_of(entries):
        return Checkpoint(ORIGIN, len(entries), GrowingTree(entries).frontier.root())


ACTIONS = ["write", "ship", "arrive", "back_up", "restore_receiver", "restore_sender", "heartbeat"]
WEIGHTS = [6, 5, 8, 1, 1, 1, 1]


@pytest.mark.parametrize("seed", range(60))
def test_receiver_always_holds_a_beginning_of_the_log_and_catches_up_when_faults_end(seed):
    chance = random.Random(seed)
    pair = Pair()
    for action in chance.choices(ACTIONS, WEIGHTS, k=140):
        if action == "arrive":
            pair.arrive(chance.randrange(6), chance.random() < 0.3, chance.random() < 0.3)
        else:
            getattr(pair, action)()
        assert pair.receiver == pair.sender[: len(pair.receiver)]
    pair.under_way.clear()
    pair.heartbeat()
    pair.ship()
    pair.receive(pair.under_way.pop())
    assert pair.receiver == pair.sender
