"""Settings of a public node, from the node file that the environment names."""

from __future__ import annotations

from warrant.nodes.config import config_from_environment
from warrant.nodes.wiring import public_settings

globals().update(public_settings(config_from_environment()))
