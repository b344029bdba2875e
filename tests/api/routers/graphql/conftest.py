"""A real server on the loopback over the shipped data."""

import threading
import time
from collections.abc import Iterator

import httpx
import pytest
import uvicorn
from shipped_data import ShippedData

from api.app import create_app
from api.services import open_services
from kg.settings import Settings


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory, shipped_data: ShippedData) -> Iterator[str]:
    """Its address."""
    directory = shipped_data.copy(tmp_path_factory.mktemp("data"))
    services = open_services(Settings(data_dir=directory, workers=1))
    server = uvicorn.Server(uvicorn.Config(create_app(services), host="127.0.0.1", port=0, log_level="critical"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    try:
        address = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
        while not httpx.get(f"{address}/readyz", trust_env=False).is_success:
            time.sleep(0.05)
        yield address
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="session")
def client(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, trust_env=False, timeout=30, headers={"Accept": "*/*"}) as client:
        yield client
