"""The Dockerfile builds, and the image starts: by buildah, on base images made by debootstrap, without a registry."""

import json
import os
import random
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

pytestmark = pytest.mark.slow

CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
PROGRAMS = ("buildah", "debootstrap", "node", "npm")
START_S = 120.0


class Buildah:
    """Runs buildah on a storage of its own."""

    def __init__(self, folder: Path) -> None:
        self.command = ["buildah", "--root", f"{folder}/storage", "--runroot", f"{folder}/run"]

    def __call__(self, *arguments: object) -> str:
        command = [*self.command, *map(str, arguments)]
        result = subprocess.run(command, capture_output=True, text=True, timeout=900)
        assert result.returncode == 0, f"{' '.join(command)}\n{result.stdout[-3000:]}\n{result.stderr[-3000:]}"
        return result.stdout.strip()

    def config(self, image: str) -> dict[str, Any]:
        config: dict[str, Any] = json.loads(self("inspect", "--type", "image", image))["Docker"]["config"]
        return config


@pytest.fixture(scope="module")
def buildah(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Buildah]:
    missing = [program for program in PROGRAMS if shutil.which(program) is None]
    if missing or os.geteuid() != 0:
        pytest.skip(f"THE IMAGE IS NOT BUILT: needs root and {', '.join(missing) or 'nothing else'}")
    folder = tmp_path_factory.mktemp("containers")
    buildah = Buildah(folder)
    yield buildah
    buildah("rm", "--all")
    buildah("rmi", "--all", "--force")
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def image(buildah: Buildah, repository: Path) -> str:
    """The image of the Dockerfile, on one base image: Debian with Python and a copy of this machine's Node."""
    container = buildah("from", "scratch")
    root = Path(buildah("mount", container))
    include = "--include=python3,python3-venv,ca-certificates"
    subprocess.run(
        ["debootstrap", "--variant=minbase", include, "bookworm", root], check=True, capture_output=True, timeout=900
    )
    _trust_like_this_machine(root)
    _copy_node(root)
    buildah("commit", "--rm", container, "localhost/base")
    bases = [f"--build-arg={name}_IMAGE=localhost/base" for name in ("PYTHON", "NODE")]
    name = "localhost/conflict-kg"
    buildah("build", "--isolation=chroot", "--format=docker", "--pull-never", *bases, f"--tag={name}", repository)
    return name


def _trust_like_this_machine(root: Path) -> None:
    """Registries may be reached through a proxy with its own certificate authority."""
    shutil.copy(CERTIFICATES, root / CERTIFICATES.relative_to("/"))
    (root / "etc/pip.conf").write_text(f"[global]\ncert = {CERTIFICATES}\n")
    (root / "usr/etc").mkdir()
    (root / "usr/etc/npmrc").write_text(f"cafile={CERTIFICATES}\n")


def _copy_node(root: Path) -> None:
    """Copy Node with the shared libraries that the image lacks, and npm."""
    node, npm = (Path(shutil.which(name) or "").resolve() for name in ("node", "npm"))
    shutil.copy(node, root / "usr/bin/node")
    for line in subprocess.run(["ldd", node], capture_output=True, text=True, check=True).stdout.splitlines():
        library = line.partition("=>")[2].split(" (")[0].strip()
        if library and not (root / library.lstrip("/")).exists():
            shutil.copy(library, root / "usr/lib")
    shutil.copytree(npm.parents[1], root / "usr/lib/node_modules/npm", symlinks=True)
    (root / "usr/bin/npm").symlink_to("../lib/node_modules/npm/bin/npm-cli.js")


def test_image_runs_without_root_and_declares_its_volume(buildah: Buildah, image: str) -> None:
    config = buildah.config(image)
    assert config["User"] == "10001"
    assert config["Volumes"] == {"/data": {}}
    assert config["ExposedPorts"] == {"8000/tcp": {}}


def _find_port() -> int:
    """A free port below those that connections are given: none of them takes it before the server does."""
    for _ in range(100):
        port = random.randrange(20_000, 32_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("0.0.0.0", port))
            return port
    raise RuntimeError("no free port between 20000 and 32000")


def test_image_starts_and_is_healthy(buildah: Buildah, image: str) -> None:
    config = buildah.config(image)
    port = _find_port()
    container = buildah("from", "--pull-never", image)
    run = ["run", "--isolation=chroot", f"--env=KG_PORT={port}", "--env=KG_WORKERS=1", container, "--"]
    server = subprocess.Popen([*buildah.command, *run, *config["Cmd"]], start_new_session=True)
    try:
        assert _wait_for(f"http://127.0.0.1:{port}/readyz", server)
        assert _fetch(f"http://127.0.0.1:{port}/healthz")
        query = "query=ASK%20%7B%20%3Fzone%20a%20%3Chttps%3A//w3id.org/conflict-kg/ontology%23Zone%3E%20%7D"
        assert b"true" in _fetch(f"http://127.0.0.1:{port}/sparql?{query}")
        for asset in (
            "yasgui/yasgui.min.js",
            "graphiql/graphiql.js",
            "graphiql/THIRD-PARTY-NOTICES.txt",
            "map/leaflet.js",
        ):
            assert _fetch(f"http://127.0.0.1:{port}/static/{asset}"), asset
        assert config["Healthcheck"]["Test"][0] == "CMD"
        buildah(*run, *config["Healthcheck"]["Test"][1:])
        assert buildah(*run, "id", "-u") == "10001"
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(START_S)


def _wait_for(url: str, server: "subprocess.Popen[bytes]") -> bool:
    """Whether the URL returns 200 before the server ends or the time is up."""
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline and server.poll() is None:
        try:
            _fetch(url)
        except OSError:
            time.sleep(0.5)
        else:
            return True
    return False


def _fetch(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=30) as response:
        content: bytes = response.read()
        return content


def test_compose_file_keeps_data_in_a_volume_and_listens_on_loopback(repository: Path) -> None:
    compose: dict[str, Any] = YAML(typ="safe").load(repository / "compose.yaml")
    service = compose["services"]["conflict-kg"]
    assert service["volumes"] == ["data:/data"]
    assert "data" in compose["volumes"]
    assert service["ports"] == ["127.0.0.1:8000:8000"]
