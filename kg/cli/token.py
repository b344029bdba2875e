"""``kg token``: make, list and revoke access tokens. Needs the data directory only; a server that runs follows."""

import json
from datetime import UTC, datetime
from typing import Any

import click

from kg.access.issuance import DEFAULT_EXPIRY, make_token, parse_expiry, revoke_token
from kg.access.scope import Operation, Scope, parse_graph, parse_operations
from kg.access.token import Token, format_time
from kg.access.token_file import TokenFile
from kg.cli.options import with_settings
from kg.settings import Settings


@click.group()
def token() -> None:
    """Make, list and revoke the tokens with which the graph is written over HTTP."""


@token.command()
@click.argument("name")
@click.option(
    "--operation",
    "operations",
    multiple=True,
    required=True,
    metavar="OPERATION",
    help=f"What it may ask for: {', '.join(Operation)}, or * for all of these. Repeatable.",
)
@click.option(
    "--graph",
    "graphs",
    multiple=True,
    required=True,
    metavar="IRI|NAME",
    help="A graph that it may change; with * at the end all that begin so, * alone for every graph. Repeatable.",
)
@click.option(
    "--expires",
    default=DEFAULT_EXPIRY,
    show_default=True,
    metavar="TIME|DATE",
    help="For how long it is valid, such as 12h or 90d; or the last day on which it is.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the token and what it may do as JSON.")
@with_settings
def make(
    name: str, operations: tuple[str, ...], graphs: tuple[str, ...], expires: str, as_json: bool, settings: Settings
) -> None:
    """Make a token for NAME, whom the journal then names as the agent, and print it: once, for it is kept nowhere.

    NAME is a person or a program: letters, digits and . _ @ - without a space. A graph is an IRI, or the name of a
    home graph.
    """
    now = datetime.now(UTC)
    patterns = tuple(dict.fromkeys(parse_graph(graph, settings.base_iri) for graph in graphs))
    scope = Scope(parse_operations(operations), patterns)
    made, text = make_token(TokenFile(settings.data_dir), name, scope, parse_expiry(expires, now), now)
    if as_json:
        click.echo(json.dumps({"token": text, **_to_members(made, now)}, indent=2, ensure_ascii=False))
        return
    click.echo(text)
    click.echo(f"token {made.id} of {name}, valid until {format_time(made.expires)}; it is not shown again", err=True)
    click.echo(f"  operations: {', '.join(sorted(scope.operations))}\n  graphs: {', '.join(patterns)}", err=True)


@token.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON.")
@with_settings
def list_(as_json: bool, settings: Settings) -> None:
    """List the tokens, oldest first, with their scopes; not the secrets, which are kept nowhere."""
    now = datetime.now(UTC)
    tokens = TokenFile(settings.data_dir).read()
    if as_json:
        click.echo(json.dumps([_to_members(token, now) for token in tokens], indent=2, ensure_ascii=False))
        return
    for token in tokens:
        ended = f", revoked {format_time(token.revoked)}" if token.revoked else ""
        click.echo(f"{token.id}  {token.state(now):7}  {token.name}, expires {format_time(token.expires)}{ended}")
        click.echo(f"  operations: {', '.join(sorted(token.scope.operations))}")
        click.echo(f"  graphs: {', '.join(token.scope.graphs)}")


@token.command()
@click.argument("name", metavar="NAME|ID")
@with_settings
def revoke(name: str, settings: Settings) -> None:
    """Revoke the token with this ID, or the valid one of NAME: from now on it admits nobody."""
    now = datetime.now(UTC)
    revoked = revoke_token(TokenFile(settings.data_dir), name, now)
    click.echo(f"token {revoked.id} of {revoked.name}, revoked {format_time(revoked.revoked or now)}", err=True)


def _to_members(token: Token, now: datetime) -> dict[str, Any]:
    return {**token.public_members(), "state": token.state(now).value}
