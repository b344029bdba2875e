"""The command ``kg``: data on stdout, messages on stderr; exit code 0 on success, 1 on rejection, 2 on wrong usage.

Owns the list of commands, each a module of this package, and the translation of errors to exit codes. It is the entry
point that the installed script names.
"""

import sys

import click

from kg.cli import (
    ask,
    backup,
    check,
    context,
    dataset,
    export,
    fill,
    find,
    import_,
    load,
    log,
    new,
    publish,
    query,
    remove,
    restore,
    schema,
    serve,
    token,
    validate,
    verify,
)
from kg.errors import BadParameterError, ConflictKgError, UnknownNameError

COMMANDS = (
    ask.ask,
    backup.backup,
    check.check,
    context.context,
    dataset.dataset,
    export.export,
    fill.fill,
    find.find,
    import_.import_,
    load.load,
    log.log,
    new.new,
    publish.publish,
    query.query,
    remove.remove,
    restore.restore,
    schema.schema,
    serve.serve,
    token.token,
    validate.validate,
    verify.verify,
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="conflict-kg", message="%(version)s")
def kg() -> None:
    """Who says what about a conflict, in which source, and who disputes it."""


for command in COMMANDS:
    kg.add_command(command)


def main() -> None:
    """Run the command line. Errors of the project are printed without a traceback; a bug keeps its traceback."""
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
