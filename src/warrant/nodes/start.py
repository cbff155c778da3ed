"""Starting Django as the node that the environment names."""

from __future__ import annotations

import os

import django

from warrant.nodes.config import NodeConfig, config_from_environment


def prepare_django() -> NodeConfig:
    """Set up Django for the node named by the environment and return its configuration."""
    node = config_from_environment()
    os.environ["DJANGO_SETTINGS_MODULE"] = f"warrant.nodes.{node.kind}"
    django.setup()
    return node
