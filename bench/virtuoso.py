"""Virtuoso Open Source: its configuration, and ``python -m bench.virtuoso DATA DIRECTORY``, which fills a database.

Bulk loading needs a running server, so one is started for it and shut down once everything is on disk.
"""

import subprocess
import sys
import time
from pathlib import Path
from string import Template

from bench.processes import Command, find_free_port, run_process

_PASSWORD = "dba"  # of a server on loopback with generated data
_START_S = 120.0
_LOAD_S = 3600.0
_INI = """\
[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
FileExtend = 200
MaxCheckpointRemap = 2000

[TempDatabase]
DatabaseFile = virtuoso-temp.db
TransactionFile = virtuoso-temp.trx

[Parameters]
ServerPort = 127.0.0.1:$sql_port
DirsAllowed = $directory
NumberOfBuffers = 340000
MaxDirtyBuffers = 250000
MaxClientConnections = 40
CheckpointInterval = 0
ThreadsPerQuery = 2
MaxQueryMem = 2G

[HTTPServer]
ServerPort = 127.0.0.1:$http_port
ServerRoot = .
ServerThreads = 32
MaxKeepAlives = 32
KeepAliveTimeout = 60
EnabledGzipContent = 0

[SPARQL]
ResultSetMaxRows = 1000000
MaxQueryCostEstimationTime = 0
MaxQueryExecutionTime = 0
"""


def server_command(program: str, directory: Path, http_port: int, sql_port: int) -> Command:
    """The server of the database in the directory, which must be its working directory."""
    configuration = directory / "virtuoso.ini"
    text = Template(_INI).substitute(sql_port=sql_port, http_port=http_port, directory=directory)
    configuration.write_text(text, encoding="utf-8")
    return Command([program, "+foreground", "+wait", "+configfile", str(configuration)], directory=directory)


def load(program: str, isql: str, data: Path, directory: Path) -> None:
    """Load a file of N-Quads. Raises RuntimeError on failure."""
    (directory / "in").mkdir()
    (directory / "in" / data.name).hardlink_to(data)
    sql_port = find_free_port()
    command = server_command(program, directory, find_free_port(), sql_port)
    with run_process(command, directory / "loading.log") as process:
        _execute_sql(isql, sql_port, "SELECT 1", wait_s=_START_S)
        _execute_sql(isql, sql_port, f"ld_dir('{directory / 'in'}', '{data.name}', 'urn:nowhere')")
        _execute_sql(isql, sql_port, "rdf_loader_run()")
        _execute_sql(isql, sql_port, "checkpoint")
        failed = _execute_sql(isql, sql_port, "SELECT ll_error FROM DB.DBA.load_list WHERE ll_error IS NOT NULL")
        if failed:
            raise RuntimeError(f"virtuoso could not load: {failed}")
        _execute_sql(isql, sql_port, "shutdown", is_shutdown=True)
        process.wait(_START_S)


def _execute_sql(isql: str, port: int, statement: str, wait_s: float = 0.0, *, is_shutdown: bool = False) -> str:
    """The output of a statement; retries until the server responds."""
    command = [isql, f"127.0.0.1:{port}", "dba", _PASSWORD, "VERBOSE=OFF", "BANNER=OFF", "PROMPT=OFF", "ERRORS=STDOUT"]
    deadline = time.monotonic() + wait_s
    while True:
        done = subprocess.run([*command, f"exec={statement};"], capture_output=True, text=True, timeout=_LOAD_S)
        output = done.stdout.strip()
        if (done.returncode == 0 and "*** Error" not in output) or is_shutdown:
            return output
        if time.monotonic() > deadline:
            raise RuntimeError(f"virtuoso refused {statement!r}: {output or done.stderr.strip()}")
        time.sleep(0.3)


if __name__ == "__main__":
    load(sys.argv[1], sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4]))
