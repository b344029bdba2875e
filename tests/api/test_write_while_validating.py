"""While the whole graph is validated a write is to be sent again later, and the command line does that."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import httpx

from api.services import Services, open_services
from kg import server_client
from kg.document_calls import DocumentFile
from kg.server_file import ServerAddress
from kg.settings import Settings

REGISTER = Path(__file__).parents[1] / "ingest" / "dossier" / "register.ttl"
GRAPH = "https://w3id.org/conflict-kg/graph/invented"


def test_a_write_is_to_be_sent_again_and_the_command_line_does(
    tmp_path: Path, serving: Callable[[Services], AbstractContextManager[str]]
) -> None:
    content = f"@base <https://w3id.org/conflict-kg/> .\n{REGISTER.read_text(encoding='utf-8')}"
    services = open_services(Settings(data_dir=tmp_path, workers=1, empty=True))
    gate, token = services.writer.gate, services.access.authenticator.owner_token
    with serving(services) as address:
        services.writer.validate_all()
        gate.begin_validation()
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "text/turtle"}
        refused = httpx.put(f"{address}/graphs", params={"graph": GRAPH}, content=content, headers=headers)
        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "2")
        threading.Timer(1, gate.end_validation, [None]).start()
        files = [DocumentFile("register.ttl", content.encode())]
        report = server_client.load(ServerAddress(address, token), files, dry_run=False)
    assert GRAPH in [graph.graph for graph in report.graphs]
