# SPDX-License-Identifier: Apache-2.0
"""Stand-ins for XAPI that can be told to misbehave, and followers of them."""

import tempfile
from pathlib import Path

import pytest

from http_echo import certificate  # noqa: F401 (fixture)
from xapi_mock import XapiMock

from .following import LOGIN, follow, populate


@pytest.fixture
def folder():
    """One whose name fits into a socket's address."""
    with tempfile.TemporaryDirectory(prefix="follower.") as name:
        yield Path(name)


@pytest.fixture(params=["unix", "tcp", "tls", "xml"])
def mock(request, folder, certificate):  # noqa: F811
    """A server on each transport, and one that knows no JSON-RPC; it knows a network and a VIF of a VM."""
    kind = request.param
    where = str(folder / "xapi") if kind in ("unix", "xml") else ("127.0.0.1", 0)
    with XapiMock(where, ("", "") if kind in ("unix", "xml") else LOGIN, certificate if kind == "tls" else None) as mock:
        mock.has_json = kind != "xml"
        populate(mock)
        yield mock


@pytest.fixture
def unix_mock(folder):
    with XapiMock(str(folder / "xapi")) as mock:
        populate(mock)
        yield mock


@pytest.fixture
def follower(mock, folder):
    with follow(mock, folder) as follower:
        follower.until_reachable()
        yield follower
