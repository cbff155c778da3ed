"""Settings of a ministry node, from the node file that the environment names."""

from __future__ import annotations

from warrant.nodes.config import config_from_environment
from warrant.nodes.wiring import ministry_settings

globals().update(ministry_settings(config_from_environment()))
