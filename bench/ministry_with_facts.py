"""Settings of a ministry node whose register also tells what a province's does: it has the nation, and the tables."""

from __future__ import annotations

from warrant.nodes.config import config_from_environment
from warrant.nodes.wiring import PROVINCE_ELIGIBILITY_FACTS, ministry_settings

globals().update(ministry_settings(config_from_environment()))
WARRANT_ELIGIBILITY_FACTS = PROVINCE_ELIGIBILITY_FACTS
