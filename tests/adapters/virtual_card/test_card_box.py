from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from tests.core.chip.made_up_card import CARD_KEYS, SERIAL_NUMBER, TRANSPORT_KEY, made_up_plan

from warrant.adapters.virtual_card.chip import VirtualCard
from warrant.adapters.virtual_card.reader import BoxedCard, CardBox, VirtualReader
from warrant.core.chip.inspection import CardPhase, inspect_card
from warrant.core.chip.personalisation import StepMoment, StepName, personalise
from warrant.core.crypto.secret import Secret
from warrant.core.errors import Conflict, InvalidInput, NotFound, Unavailable
from warrant.core.keys.hierarchy import KeyUsage


@pytest.fixture
def box(tmp_path: Path) -> CardBox:
    box = CardBox(tmp_path / "box")
    box.add_blank("blank-1", "sm4", TRANSPORT_KEY, SERIAL_NUMBER)
    return box


def test_a_box_lists_its_cards_by_name(box: CardBox) -> None:
    box.add_blank("another", "3des", TRANSPORT_KEY, bytes.fromhex("1D000000000001"))
    assert box.cards() == [
        BoxedCard("another", "3des", bytes.fromhex("1D000000000001")),
        BoxedCard("blank-1", "sm4", SERIAL_NUMBER),
    ]


def test_new_cards_get_different_serial_numbers_of_the_chip_maker(box: CardBox) -> None:
    box.add_blank("a", "sm4", TRANSPORT_KEY)
    box.add_blank("b", "sm4", TRANSPORT_KEY)
    numbers = [card.serial_number for card in box.cards()]
    assert len(set(numbers)) == 3
    assert all(number[0] == 0x1D and len(number) == 7 for number in numbers)


def test_a_name_is_given_once_and_stays_inside_the_box(box: CardBox) -> None:
    with pytest.raises(Conflict):
        box.add_blank("blank-1", "sm4", TRANSPORT_KEY)
    with pytest.raises(InvalidInput):
        box.add_blank("../outside", "sm4", TRANSPORT_KEY)
    with pytest.raises(InvalidInput):
        VirtualReader(box, "../outside")


def test_a_card_needs_a_transport_key_of_sixteen_bytes_and_a_known_suite(box: CardBox) -> None:
    with pytest.raises(InvalidInput):
        box.add_blank("short", "sm4", Secret(b"\xff" * 8))
    with pytest.raises(InvalidInput):
        box.add_blank("unknown", "aes", TRANSPORT_KEY)
    assert [card.name for card in box.cards()] == ["blank-1"]


def test_a_reader_takes_one_card_that_exists(box: CardBox) -> None:
    reader = VirtualReader(box)
    with pytest.raises(NotFound):
        reader.insert("nowhere")
    reader.insert("blank-1")
    with pytest.raises(Conflict):
        reader.insert("blank-1")
    assert reader.inserted == "blank-1"
    reader.remove()
    reader.remove()
    assert reader.inserted is None


def test_a_card_stays_in_its_reader_when_the_program_ends(box: CardBox) -> None:
    VirtualReader(box).insert("blank-1")
    assert VirtualReader(CardBox(box.path)).inserted == "blank-1"


def test_a_card_put_back_is_another_insertion(box: CardBox) -> None:
    reader = VirtualReader(box)
    reader.insert("blank-1")
    connection = reader.connect()
    reader.remove()
    reader.insert("blank-1")
    with pytest.raises(Unavailable) as caught:
        connection.transmit(bytes.fromhex("0084000004"))
    assert caught.value.code == "card-removed"


def test_a_forgotten_connection_does_not_keep_the_card(box: CardBox) -> None:
    reader = VirtualReader(box)
    reader.insert("blank-1")
    connection = reader.connect()
    del connection
    reader.connect().close()


def test_a_card_file_is_for_its_owner_only(box: CardBox) -> None:
    assert stat.S_IMODE(box.card_path("blank-1").stat().st_mode) == 0o600


@pytest.mark.parametrize("damage", ["", "{}", '{"format": "other"}', "[1]"])
def test_a_damaged_card_file_is_reported_by_name(box: CardBox, damage: str) -> None:
    box.card_path("blank-1").write_text(damage)
    with pytest.raises(InvalidInput) as caught:
        VirtualCard.load(box.card_path("blank-1"))
    assert (caught.value.code, caught.value.fields) == ("virtual-card-damaged", {"file": "blank-1.card"})


def test_memory_is_on_disk_before_the_answer(box: CardBox) -> None:
    card = VirtualCard.load(box.card_path("blank-1"))
    card.transmit(bytes.fromhex("0084000004"))
    assert card.transmit(bytes.fromhex("0082000010" + "00" * 16)) == b"\x63\xc7"
    stored = json.loads(box.card_path("blank-1").read_text())
    assert stored["master"]["keys"]["keys"][0][5] == 0x87


KILLED_WHILE_PERSONALISING = """
import os, signal, sys
from pathlib import Path
from tests.core.chip.made_up_card import made_up_plan
from warrant.adapters.virtual_card.reader import CardBox, VirtualReader
from warrant.core.chip.personalisation import personalise
step_to_die, moment_to_die = sys.argv[2:]
def die(step, moment):
    if (step, moment) == (step_to_die, moment_to_die):
        os.kill(os.getpid(), signal.SIGKILL)
personalise(VirtualReader(CardBox(Path(sys.argv[1]))).connect(), made_up_plan(), die)
"""


@pytest.mark.parametrize(
    ("step", "moment", "phase"),
    [
        (StepName.BUILD_APPLICATION, StepMoment.BEGUN, CardPhase.PARTLY_BUILT),
        (StepName.WRITE_PHOTO, StepMoment.DONE, CardPhase.PARTLY_BUILT),
        (StepName.LOCK, StepMoment.BEGUN, CardPhase.PARTLY_BUILT),
        (StepName.LOCK, StepMoment.DONE, CardPhase.LOCKED),
    ],
)
def test_a_card_survives_the_killing_of_the_process_that_drives_it(
    box: CardBox, step: StepName, moment: StepMoment, phase: CardPhase
) -> None:
    reader = VirtualReader(box)
    reader.insert("blank-1")
    program = [sys.executable, "-c", KILLED_WHILE_PERSONALISING, str(box.path), step, moment]
    root = Path(__file__).parents[3]
    environment = {**os.environ, "PYTHONPATH": f"{root}:{root / 'src'}"}
    killed = subprocess.run(program, env=environment, check=False, capture_output=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    connection = reader.connect()
    control_key = CARD_KEYS[KeyUsage.CARD_CONTROL]
    assert inspect_card(connection, "sm4", TRANSPORT_KEY, control_key) is phase
    report = personalise(connection, made_up_plan(), lambda _step, _moment: None)
    assert report.content == made_up_plan().content
    connection.close()
