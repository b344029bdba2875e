"""The command ``kg``: data on stdout, talk on stderr; exit 0 when well, 1 when it does not conform, 2 for usage.

Owns the list of commands and what becomes of an error. Each group of commands has a module of its own.
"""

import sys

import click

from kg.cli import describing, reading, serving, writing
from kg.errors import BadParameterError, ConflictKgError, UnknownNameError


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="conflict-kg", message="%(version)s")
def kg() -> None:
    """Who says what about a conflict, in which source, and who disputes it."""


for command in (*writing.COMMANDS, *reading.COMMANDS, *describing.COMMANDS, *serving.COMMANDS):
    kg.add_command(command)


def main() -> None:
    """Run the command line. Errors of the project go to stderr without a trace; a bug keeps its trace."""
    try:
        sys.exit(kg(standalone_mode=False) or 0)
    except click.Abort:
        click.echo("stopped", err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except (UnknownNameError, BadParameterError) as error:
        click.echo(f"kg: {error}", err=True)
        sys.exit(2)
    except ConflictKgError as error:
        click.echo(f"kg: {error}" if "\n" not in str(error) else str(error), err=True)
        sys.exit(1)
    except BrokenPipeError:
        sys.exit(141)
