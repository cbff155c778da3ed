"""The first contents of a node: units, accounts, and the public keys it sends to its peers."""

from __future__ import annotations

import argparse
import json
import sys

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from warrant.apps.accounts.services import generated_password, open_first_account
from warrant.apps.foundation import clock
from warrant.apps.organisations.models import Agency
from warrant.apps.organisations.services import seed_organisations
from warrant.nodes.config import NodeConfig
from warrant.nodes.people import first_people


@transaction.atomic
def seed_node(node: NodeConfig) -> dict[str, str]:
    """Enter units and the first accounts, and return the generated passwords by user name."""
    now = clock.now()
    seed_organisations(now)
    passwords: dict[str, str] = {}
    for person in first_people(node.kind, node.code, is_development=node.is_development):
        password = generated_password()
        unit = Agency.objects.get(code=person.unit_code)
        open_first_account(
            person.username,
            person.display_name,
            unit,
            list(person.roles),
            password,
            must_change_password=not node.is_development,
            now=now,
        )
        passwords[person.username] = password
    for path in settings.WARRANT_PREPARATION:
        import_string(path)(now=now)
    return passwords


def seed(arguments: argparse.Namespace) -> int:
    """Seed the node and print the generated passwords once, as JSON."""
    sys.stdout.write(json.dumps(seed_node(settings.WARRANT_NODE), ensure_ascii=False) + "\n")
    return 0
