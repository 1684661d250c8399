# SPDX-License-Identifier: Apache-2.0
"""Somebody orders a console back by force. What has it by way of libvirt would be thrown out; any other console is opened
again as without force, and the log says who ordered what."""

import json

import pytest
from support import LIVE


@pytest.fixture(name="started")
def started_with_a_viewer(kit):
    chardev = kit.unix_chardev()
    daemon = kit.daemon("--console", f"vm={chardev.address}", "--listen", "telnet:127.0.0.1:7001,console=vm")
    chardev.accept()
    viewer = kit.telnet(7001)
    viewer.wait_for(LIVE)
    return daemon, chardev, viewer


@pytest.mark.parametrize("words, said", [(("vm",), "reopened by root"), (("vm", "--force"), "reopened by root, by force"),
                                         (("--force", "vm"), "reopened by root, by force")])
def test_by_the_command(kit, started, words, said):
    daemon, chardev, viewer = started
    ended = kit.run("charmux", "reopen", *words, "--socket", daemon.runtime_dir / "control.sock")
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
    daemon.wait_log(f"<6>console vm: {said}\n")
    chardev.wait_disconnected()
    chardev.hang_up()
    chardev.accept().write(b"opened again\r\n")
    viewer.wait_for(b"opened again\r\n")


def test_by_the_api_whose_words_are_1_and_0(kit, started):
    """With any other nothing is done."""
    daemon, chardev, viewer = started
    client = kit.raw(daemon.runtime_dir / "control.sock")
    client.send(b"POST /api/v1/consoles/vm/reopen?force=yes HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
    head, body = client.wait_closed().split(b"\r\n\r\n", 1)
    assert head.startswith(b"HTTP/1.1 400 ")
    assert json.loads(body)["error"] == "'force' is 1 or 0, not 'yes'"
    chardev.write(b"never reopened\r\n")
    viewer.wait_for(b"never reopened\r\n")
    assert "reopened by" not in daemon.log()
