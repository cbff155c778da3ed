"""Reading the card centre: what waits, what stands where, what the custodians have to do."""

from warrant.apps.cardcentre.selectors.ceremonies import custodians, parts_of
from warrant.apps.cardcentre.selectors.chain import (
    chain_links,
)
from warrant.apps.cardcentre.selectors.jobs import (
    AtStation,
    at_station,
    awaiting_production,
    batch_for,
    batches_elsewhere,
    certificate_with_card,
    face_of,
    is_interrupted,
    job_for,
    pace_of,
    produced_for_hand_over,
    running_jobs,
    trouble_text,
)
from warrant.apps.cardcentre.selectors.keys import (
    cards_by_unit,
    cards_with,
    key_act_for,
    key_act_title,
    key_acts,
    key_set_for,
    key_sets,
    transport_keys,
)
from warrant.apps.cardcentre.selectors.stock import (
    blanks_by_suite,
    card_counts,
    card_for,
    cards_in_stock,
)
from warrant.apps.cardcentre.selectors.work import (
    glances,
    key_glances,
    sam_work_queues,
    work_queues,
)

__all__ = [
    "AtStation",
    "at_station",
    "awaiting_production",
    "batch_for",
    "batches_elsewhere",
    "blanks_by_suite",
    "card_counts",
    "card_for",
    "cards_by_unit",
    "cards_in_stock",
    "cards_with",
    "certificate_with_card",
    "chain_links",
    "custodians",
    "face_of",
    "glances",
    "is_interrupted",
    "job_for",
    "key_act_for",
    "key_act_title",
    "key_acts",
    "key_glances",
    "key_set_for",
    "key_sets",
    "pace_of",
    "parts_of",
    "produced_for_hand_over",
    "running_jobs",
    "sam_work_queues",
    "transport_keys",
    "trouble_text",
    "work_queues",
]
