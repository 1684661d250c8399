# SPDX-License-Identifier: Apache-2.0
"""The guest's shell asks the terminal where its cursor is, and where queries pass the terminal of each of us answers by
itself. I only watch and have touched no key: I am not told that I may not type, and the pen does not come to me when the
writer leaves."""

from support import LIVE, notices

ASKED, ANSWERS = b"\x1b[6n", (b"\x1b[24;8R", b"\x1b[?1;2c", b"\x1b[0n", b"\x1b[24;8R\x1b[24;9R")


def test_a_terminals_own_answer_is_not_typing(kit):
    chardev = kit.unix_chardev()
    path = kit.path("charmux.toml")
    path.write_text(f'[[console]]\nname = "vm"\nbackend = "{chardev.address}"\nquery = "pass"\n')
    daemon = kit.daemon("--config", path, "--listen", "telnet:127.0.0.1:7001,console=vm")
    chardev.accept()
    writer, watcher, keen = (kit.telnet(7001) for _ in range(3))
    for client in (writer, watcher, keen):
        client.wait_for(LIVE)
    chardev.write(b"vm# " + ASKED)
    for client in (writer, watcher):
        client.wait_for(ASKED)
    for answer in ANSWERS:
        watcher.type(answer)
        watcher.command(246)  # AYT: when it is answered, what came before has been dealt with
        watcher.wait_for(lambda data: data.count(b" watching, ") == 2 + ANSWERS.index(answer))
        assert not [text for text in notices(watcher.data) if text.startswith("read-only")]

    # The writer's own goes to the guest, which asked for it.
    writer.type(ANSWERS[0])
    chardev.wait_for(ANSWERS[0])
    keen.type(b"x")
    keen.wait_for(b"[charmux: read-only: ")
    writer.close()
    keen.wait_for(b"[charmux: the pen is free: you type now]")
    # A key is a key, also one that begins as an answer does.
    watcher.type(b"\x1b[A")
    watcher.wait_for(b"[charmux: read-only: ")
    assert ANSWERS[1] not in chardev.received and daemon.process.running()
