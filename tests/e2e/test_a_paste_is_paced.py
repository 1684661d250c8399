# SPDX-License-Identifier: Apache-2.0
"""A boot loader that loses what is pasted at full speed: `input_rate` and `input_cr_delay` slow a paste down. It arrives
whole, its sender waits for it, and a colleague's keys do not."""

from support import LIVE

PASTE = b"".join(b"setenv line%04d value\r" % number for number in range(1000))
COLLEAGUE = b"WHATSUP"  # keys that are not in it


def start(kit, **settings):
    chardev = kit.unix_chardev()
    config = kit.path("charmux.toml")
    keys = "".join(f'{key} = "{value}"\n' for key, value in settings.items())
    config.write_text(f'[[console]]\nname = "vm"\nbackend = "{chardev.address}"\nwriter = "shared"\n{keys}')
    kit.daemon("--config", config, "--listen", "telnet:127.0.0.1:7001,console=vm")
    chardev.accept()
    clients = [kit.telnet(7001) for _ in range(2)]
    for client in clients:
        client.wait_for(LIVE)
    return chardev, clients


def test_a_paste_waits_and_a_colleague_does_not(kit):
    chardev, (paster, colleague) = start(kit, input_rate="50B")
    paster.type(PASTE)
    chardev.wait_for(PASTE[:1])
    for key in COLLEAGUE:
        colleague.type(bytes([key]))
        chardev.wait_for(bytes([key]))
    # At that rate the paste takes seven minutes.
    pasted = bytes(chardev.received).translate(None, COLLEAGUE)
    assert PASTE.startswith(pasted)
    assert len(pasted) < len(PASTE) / 2


def test_a_paced_paste_arrives_whole(kit):
    chardev, (paster, _) = start(kit, input_rate="50KiB", input_cr_delay="1ms")
    paster.type(PASTE)
    chardev.wait_for(PASTE)
    assert bytes(chardev.received) == PASTE
