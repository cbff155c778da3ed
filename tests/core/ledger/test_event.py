"""Events are written once, read strictly, and never change."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warrant.core.errors import InvalidInput
from warrant.core.ledger.event import build_event, origin_of, parse_event

WRITTEN = (
    '{"data":{"name":"𬭎国强","prev_ver":2,"reason":"更正姓名","ver":3},"datacontenttype":"application/json",'
    '"dataschema":"urn:warrant:schema:officer:3","id":"32/184467","source":"urn:warrant:node:32","specversion":"1.0",'
    '"subject":"officer-1","time":"2026-11-22T01:02:03.000004Z","type":"cn.warrant.officer.changed.v1"}'
)


def build(**changes):
    values = {
        "node": "32",
        "seq": 184467,
        "type": "cn.warrant.officer.changed.v1",
        "subject": "officer-1",
        "occurred_at": datetime(2026, 11, 22, 9, 2, 3, 4, tzinfo=timezone(timedelta(hours=8))),
        "dataschema": "urn:warrant:schema:officer:3",
        "data": {"name": "𬭎国强", "reason": "更正姓名"},
        "ver": 3,
        "prev_ver": 2,
    }
    return build_event(**{**values, **changes})


def changed(**attributes):
    return json.dumps({**json.loads(WRITTEN), **attributes}).encode()


def test_event_is_written_as_these_bytes():
    assert build().raw == WRITTEN.encode()


def test_event_reads_back_as_it_was_built():
    event = parse_event(WRITTEN.encode())
    assert event == build()
    assert (event.id, event.seq, event.ver, event.prev_ver) == ("32/184467", 184467, 3, 2)
    assert event.occurred_at == datetime(2026, 11, 22, 1, 2, 3, 4, tzinfo=UTC)
    assert event.data["name"] == "𬭎国强"


def test_received_bytes_are_kept_though_another_writer_spaced_them_differently():
    raw = json.dumps(json.loads(WRITTEN), indent=1).encode()
    event = parse_event(raw)
    assert event.raw == raw
    assert event.digest != build().digest


JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)
NAMES = st.text(st.characters(exclude_categories=["Cs"]), max_size=8).filter(
    lambda name: name not in {"ver", "prev_ver"}
)


@given(st.dictionaries(NAMES, JSON_VALUES, max_size=5))
def test_any_whole_json_content_survives(data):
    event = parse_event(build(data=data).raw)
    assert event.data == {**data, "ver": 3, "prev_ver": 2}


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_with_one_code(raw):
    with pytest.raises(InvalidInput, match="event-invalid"):
        parse_event(raw)


def test_cut_event_is_refused_at_every_length():
    raw = WRITTEN.encode()
    for length in range(len(raw)):
        with pytest.raises(InvalidInput, match="event-invalid"):
            parse_event(raw[:length])


@pytest.mark.parametrize(
    ("place", "raw"),
    [
        ("attributes", changed(extra="x")),
        ("attributes", b"[]"),
        ("specversion", changed(specversion="0.3")),
        ("datacontenttype", changed(datacontenttype="text/plain")),
        ("id", changed(id="32/0")),
        ("id", changed(id="32/01")),
        ("id", changed(id="32/9007199254740992")),
        ("id", changed(id="184467")),
        ("id", changed(id=184467)),
        ("source", changed(source="urn:warrant:node:33")),
        ("type", changed(type="Officer Changed")),
        ("subject", changed(subject="")),
        ("subject", changed(subject="a\nb")),
        ("subject", changed(subject="x" * 129)),
        ("time", changed(time="2026-11-22T01:02:03Z")),
        ("time", changed(time="2026-11-22T01:02:03.000004+00:00")),
        ("time", changed(time="2026-02-30T01:02:03.000004Z")),
        ("dataschema", changed(dataschema="urn:warrant:schema:officer:0")),
        ("data", changed(data=[])),
        ("ver", changed(data={"prev_ver": 2})),
        ("ver", changed(data={"ver": 0, "prev_ver": 0})),
        ("ver", changed(data={"ver": True, "prev_ver": 0})),
        ("prev_ver", changed(data={"ver": 1, "prev_ver": -1})),
        ("prev_ver", changed(data={"ver": 1, "prev_ver": "0"})),
        ("json", changed(data={"ver": 1, "prev_ver": 0, "score": 87.5})),
        ("json", changed(data={"ver": 1, "prev_ver": 0, "score": 2**53})),
        ("json", changed(data={"ver": 1, "prev_ver": 0, "score": float("nan")})),
        ("json", changed(data={"ver": 1, "prev_ver": 0, "name": "\ud800"})),
        ("json", WRITTEN.replace('"ver":3', '"ver":3,"ver":4').encode()),
        ("json", b"\xef\xbb\xbf" + WRITTEN.encode()),
        ("json", WRITTEN.encode("utf-16")),
        ("json", b'{"data":' + b"[" * 100_000),
        ("json", b"9" * 10_000),
        ("length", b" " * (1 << 20) + WRITTEN.encode()),
    ],
)
def test_malformed_event_is_refused_and_the_part_named(place, raw):
    with pytest.raises(InvalidInput, match="event-invalid") as refusal:
        parse_event(raw)
    assert refusal.value.place == place


@pytest.mark.parametrize(
    "changes",
    [
        {"node": "MINISTRY"},
        {"node": "a/b"},
        {"seq": 0},
        {"occurred_at": datetime(2026, 11, 22)},
        {"data": {"score": 87.5}},
        {"data": {"ver": 9}},
        {"data": {"when": datetime(2026, 11, 22, tzinfo=UTC)}},
        {"data": {1: "key that is no text"}},
        {"data": {"pair": (1, 2)}},
        {"data": {"name": "\ud800"}},
        {"data": {"filler": "x" * (1 << 20)}},
        {"ver": 0},
    ],
)
def test_event_that_a_receiver_would_refuse_cannot_be_built(changes):
    with pytest.raises(InvalidInput, match="event-invalid"):
        build(**changes)


def test_each_log_has_its_own_origin():
    assert origin_of("ministry-32") == "urn:warrant:log:ministry-32"
    with pytest.raises(InvalidInput, match="event-invalid"):
        origin_of("ministry 32")
