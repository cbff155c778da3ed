"""Settings of a province node, from the node file that the environment names."""

from __future__ import annotations

from warrant.nodes.config import config_from_environment
from warrant.nodes.wiring import province_settings

globals().update(province_settings(config_from_environment()))
