"""The command line ``warrant``: every command, its arguments, and what it calls."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from warrant.nodes.config import NodeFileError
from warrant.nodes.serving import serve
from warrant.nodes.start import prepare_django
from warrant.nodes.translations import compile_catalogues

Command = Callable[[argparse.Namespace], int]
if TYPE_CHECKING:
    SubParsers = argparse._SubParsersAction[argparse.ArgumentParser]


def _translations(arguments: argparse.Namespace) -> int:
    compile_catalogues()
    return 0


def _serve(arguments: argparse.Namespace) -> int:
    serve()
    return 0


def _late(module: str, function: str, *, as_node: bool = False) -> Command:
    """Return a command whose module is imported when it runs; ``as_node`` sets up Django for the node first."""

    def run(arguments: argparse.Namespace) -> int:
        if as_node:
            prepare_django()
        command: Command = getattr(importlib.import_module(f"warrant.nodes.{module}"), function)
        return command(arguments)

    return run


def _add_card(commands: SubParsers) -> None:
    card = commands.add_parser("card", help="cards in a PC/SC reader")
    card_commands = card.add_subparsers(dest="card_command", required=True)
    told = {
        "read": "print a card's contents and which checks passed, failed or could not be made",
        "check": "say what a card is worth; status 0 genuine, 1 forged or damaged or foreign, 2 not read, "
        "3 not confirmed, 4 genuine but out of its period",
    }
    for name, text in told.items():
        command = card_commands.add_parser(name, help=text)
        command.add_argument("--reader", help="part of the reader's name; the first reader if left out")
        command.add_argument(
            "--issuer-key", action="append", default=[], help="public key text of an issuer to trust"
        )
        command.add_argument("--on", metavar="DATE", help="judge as of this day; today if left out")
        command.add_argument(
            "--laboratory", action="store_true", help="trust the laboratory's issuers and use its card keys"
        )
        command.add_argument("--json", action="store_true", help="as one JSON object")
        command.set_defaults(run=_late("card_command", name))


def _add_lab(commands: SubParsers) -> None:
    lab = commands.add_parser("lab", help="conformance work with published keys and made-up cards")
    lab_commands = lab.add_subparsers(dest="lab_command", required=True)
    diversify = lab_commands.add_parser("diversify", help="derive a key; prints it in hex")
    mac = lab_commands.add_parser("mac", help="the 4-byte message code of a command; prints it in hex")
    for command in (diversify, mac):
        command.add_argument("--suite", choices=("3des", "sm4"), required=True)
        command.add_argument("--key", metavar="HEX", required=True, help="16 bytes (a 3DES code: 8 or 16)")
    diversify.add_argument(
        "--factor",
        metavar="HEX",
        action="append",
        required=True,
        help="8 bytes; several are applied in the order given: province, then card",
    )
    diversify.set_defaults(run=_late("laboratory.command", "lab_diversify"))
    mac.add_argument(
        "--challenge",
        metavar="HEX",
        default="",
        help="initial value, filled with zeros on the right to a block",
    )
    mac.add_argument("--message", "--data", metavar="HEX", required=True, help="what is coded; padded here")
    mac.set_defaults(run=_late("laboratory.command", "lab_mac"))

    card = lab_commands.add_parser("card", help="put a virtual card into a slot of pcscd's vpcd driver")
    card.add_argument("--suite", choices=("3des", "sm4"), default="sm4")
    card.add_argument("--signature", choices=("es256", "sm2-sm3"), default="es256", help="of the public part")
    card.add_argument("--host", default="127.0.0.1", help="where the driver listens")
    card.add_argument(
        "--port", type=int, default=0x8C7B, help="of the slot (35963, and 35964 for the second)"
    )
    kinds = card.add_mutually_exclusive_group()
    kinds.add_argument("--blank", action="store_true", help="as the card maker delivers it")
    kinds.add_argument("--broken", metavar="NAME", help="one of the cards that are broken on purpose")
    kinds.add_argument("--list", action="store_true", help="list the broken cards with their verdicts")
    card.set_defaults(run=_late("laboratory.command", "lab_card"))


def _add_key(commands: SubParsers) -> None:
    key = commands.add_parser("key", help="what custodians need beside the pages")
    draw = key.add_subparsers(dest="key_command", required=True).add_parser(
        "draw-component", help="draw a component at random and print it; for a machine without a network"
    )
    draw.add_argument("--suite", choices=("sm4", "3des"), required=True)
    draw.set_defaults(run=_late("key_command", "draw"))


def _add_exchange(commands: SubParsers) -> None:
    exchange = commands.add_parser(
        "exchange", help="links between nodes: certificates, and files in their place"
    )
    exchange_commands = exchange.add_subparsers(dest="exchange_command", required=True)

    def add(name: str, text: str) -> argparse.ArgumentParser:
        command = exchange_commands.add_parser(name, help=text)
        command.set_defaults(run=_late("exchange_command", name, as_node=True))
        return command

    authority = add(
        "authority", "ministry: make the link authority and the own certificate, renew it when due"
    )
    authority.add_argument("--renew", action="store_true", help="renew the own certificate now")
    add("request", "write this node's certificate request; prints the key's fingerprint").add_argument("file")
    issue = add("issue", "ministry: issue a node's certificate; prints the authority's fingerprint")
    issue.add_argument("request", help="file that the node made")
    issue.add_argument("file", help="where to write certificate and authority")
    issue.add_argument("--node", required=True, help="code of the node")
    issue.add_argument("--key", required=True, help="fingerprint that the node read aloud")
    install = add("install", "take the certificate that the ministry issued")
    install.add_argument("file")
    install.add_argument("--authority", required=True, help="fingerprint that the ministry read aloud")
    add("certificates", "list the certificates that count, with the days left")
    for name, text in (
        ("remove", "talk to a node no more, from its next request on"),
        ("readmit", "take a removed node back; it needs a new certificate"),
    ):
        command = add(name, text)
        command.add_argument("node", help="code of the node")
        command.add_argument("--reason", required=True)
    pack = add("pack", "write what waits for a peer into a file, for a node without a link")
    pack.add_argument("node", help="code of the peer")
    pack.add_argument("file")
    pack.add_argument(
        "--from", dest="first", type=int, help="number of the first event; after the last receipt"
    )
    add("unpack", "take a file that a peer packed; doing so twice changes nothing").add_argument("file")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="warrant", description="Register of officers and their certificates"
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("translations", help="compile the translation catalogues").set_defaults(
        run=_translations
    )
    commands.add_parser("serve", help="serve the node that WARRANT_NODE_FILE names").set_defaults(run=_serve)

    node = commands.add_parser("node", help="set up the node that WARRANT_NODE_FILE names")
    node_commands = node.add_subparsers(dest="node_command", required=True)
    node_commands.add_parser("migrate", help="bring the database up to date").set_defaults(
        run=_late("node_commands", "migrate", as_node=True)
    )
    node_commands.add_parser(
        "seed", help="enter units and first accounts; prints the generated passwords once, as JSON"
    ).set_defaults(run=_late("seeding", "seed", as_node=True))
    node_commands.add_parser(
        "samples", help="make classes, examinations, assessments and a review of the demonstration's people"
    ).set_defaults(run=_late("samples.command", "samples", as_node=True))
    node_commands.add_parser(
        "rebuild-statistics",
        help="count the force anew from every version of the records, when little is going on",
    ).set_defaults(run=_late("statistics_command", "rebuild", as_node=True))

    node_commands.add_parser(
        "work", help="do background jobs; every server has one such process, more may run beside it"
    ).set_defaults(run=_late("working", "work", as_node=True))

    roster = commands.add_parser("roster", help="rosters as offices send them")
    check = roster.add_subparsers(dest="roster_command", required=True).add_parser(
        "check", help="find what is wrong in a roster file; exit status 1 if a row cannot be taken in"
    )
    check.add_argument("file", help=".xlsx, .xls, .ods or CSV")
    check.add_argument("--json", action="store_true", help="one JSON object a finding, a line each")
    check.add_argument("--on", metavar="DATE", help="judge as of this day (2026-11-22); today if left out")
    check.set_defaults(run=_late("roster_command", "check"))

    eligibility = commands.add_parser("eligibility", help="the conditions of the qualification")
    eligibility_commands = eligibility.add_subparsers(dest="eligibility_command", required=True)
    explained = eligibility_commands.add_parser(
        "explain", help="every condition of one officer on a day; exit status 1 if one is not met"
    )
    explained.add_argument("officer", metavar="OFFICER", help="uid of the officer")
    explained.add_argument("--on", metavar="DATE", help="as of this day (2026-11-22); today if left out")
    explained.add_argument("--kind", default="", help="of application: first-issue, renewal, ...")
    explained.add_argument("--json", action="store_true", help="as one JSON object")
    explained.set_defaults(run=_late("eligibility_command", "explain", as_node=True))

    tried = eligibility_commands.add_parser(
        "what-if", help="who would gain or lose by a draft of the conditions, by unit"
    )
    tried.add_argument("version", type=int, help="number of the draft, as in its address")
    tried.add_argument("--on", metavar="DATE", help="as of this day; the draft's first day if left out")
    tried.add_argument("--kind", default="", help="of application; as each person stands if left out")
    tried.add_argument("--json", action="store_true", help="as one JSON object")
    tried.set_defaults(run=_late("eligibility_command", "what_if", as_node=True))

    _add_card(commands)
    _add_key(commands)
    _add_exchange(commands)
    _add_lab(commands)

    generate = commands.add_parser("generate", help="a made-up nation into an empty development node")
    generate.add_argument("--officers", type=int, default=500_000, help="how many (500000)")
    generate.add_argument("--seed", type=int, default=1, help="the same seed gives the same people (1)")
    generate.add_argument(
        "--on", metavar="DATE", help="the day on which they stand so; 2026-11-01 if left out"
    )
    generate.set_defaults(run=_late("generation.command", "generate", as_node=True))

    demo = commands.add_parser("demo", help="ministry, Jiangsu and the public site on this machine")
    demo.add_argument("--reset", action="store_true", help="forget what the demonstration keeps")
    demo.add_argument("--home", default=".demo", help="where it keeps its data")
    demo.set_defaults(run=_late("demo", "demo"))

    journey = commands.add_parser("journey", help="walk one officer through the whole chain, over HTTP")
    journey.set_defaults(run=_late("demo", "journey"))
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status."""
    chosen = _parser().parse_args(arguments)
    run: Command = chosen.run
    try:
        return run(chosen)
    except NodeFileError as error:
        sys.stderr.write(f"warrant: {error}\n")
        return 2


def run_from_shell() -> None:
    """Run and leave with the status; whoever stops reading our output early (``| head``) gets no traceback."""
    try:
        status = main()
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 1
    sys.exit(status)
