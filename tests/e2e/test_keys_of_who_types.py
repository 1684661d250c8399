# SPDX-License-Identifier: Apache-2.0
"""Two people at one console: ^Eca asks for the pen, ^Ecf takes it, ^Ecs hands it over and stays a spy."""

from support.keys import console, press, pressed, typed_by, watching

YOU_TYPE = b"[charmux: the pen is free: you type now]\r\n"


def test_the_first_line_says_who_types_and_which_keys_help(kit):
    console(kit, "telnet:127.0.0.1:7002,console=vm,access=watch", "telnet:127.0.0.1:7003,console=vm,keys=off",
            "telnet:127.0.0.1:7004,console=vm,keys=^]q")
    first = watching(kit)
    address = f"127.0.0.1:{first.local_port}"
    assert b"[charmux: vm, 1 watching, you type; ^Ec? helps]\r\n" in first.data
    for port, line in ((7001, f"2 watching, {address} types; read-only: ^Ecf takes over, ^Ec? helps"),
                       (7002, f"3 watching, {address} types; read-only: ^Ec? helps"),
                       (7003, f"4 watching, {address} types; read-only"),
                       (7004, f"5 watching, {address} types; read-only: ^]qf takes over, ^]q? helps")):
        assert f"[charmux: vm, {line}]\r\n".encode() in watching(kit, port).data


def test_a_asks_and_the_one_who_spies_hands_over(kit):
    chardev, daemon = console(kit)
    first, second = watching(kit), watching(kit)
    address = f"127.0.0.1:{first.local_port}".encode()
    pressed(first, b"a", b"[charmux: you type]\r\n")
    pressed(second, b"a", b"[charmux: " + address + b" types, and is asked; ^Ecf takes over]\r\n")
    typed_by(first, chardev, b"mine")
    pressed(first, b"s", b"[charmux: you only watch; ^Eca to type]\r\n")
    second.wait_for(YOU_TYPE)
    typed_by(second, chardev, b"theirs")

    # A spy stays one, even when nobody types any more; until it asks.
    first.type(b"x")
    first.wait_for(b"[charmux: read-only: ")
    gone = second.local_port
    second.close()
    daemon.wait_log(f"127.0.0.1:{gone} left")
    pressed(first, b"w", b"[charmux: vm, 1 watching]\r\n")
    assert YOU_TYPE not in first.data
    first.type(b"y")
    first.wait_for(b"[charmux: read-only: you spy; ^Eca to type]\r\n")
    pressed(first, b"a", b"[charmux: you type]\r\n", 2)
    typed_by(first, chardev, b"again")
    assert chardev.received == b"minetheirsagain"


def test_f_takes_the_pen_and_both_are_told(kit):
    chardev, _ = console(kit)
    first, second = watching(kit), watching(kit)
    pressed(second, b"f", f"[charmux: you type; 127.0.0.1:{first.local_port} is told]\r\n".encode())
    first.wait_for(f"127.0.0.1:{second.local_port} took the pen".encode())
    typed_by(second, chardev, b"theirs")
    pressed(second, b"f", b"[charmux: you type]\r\n")


def test_typing_in_vain_is_told_with_the_keys_that_help(kit):
    console(kit)
    first, second = watching(kit), watching(kit)
    second.type(b"x")
    second.wait_for(f"[charmux: read-only: 127.0.0.1:{first.local_port} types; "
                    "^Ecf takes over, ^Eca asks]\r\n".encode())


def test_where_one_only_watches_a_and_f_are_refused_and_the_others_work(kit):
    chardev, _ = console(kit, "telnet:127.0.0.1:7002,console=vm,access=watch")
    watcher = watching(kit, 7002)
    for times, key in enumerate((b"a", b"f"), 1):
        pressed(watcher, key, b"[charmux: read-only: this door only lets you watch]\r\n", times)
    for key in (b"d", b"o", b"l0", b"\\101"):
        pressed(watcher, key, b"[charmux: ^Ec" + key[:1 if key[:1] != b"l" else 2] +
                b" needs the pen: this door only lets you watch]\r\n")
    pressed(watcher, b"w", b"[charmux: vm, 1 watching]\r\n")
    pressed(watcher, b"r", b"[charmux: the last 20 lines]\r\nhello\r\n[charmux: live]\r\n")
    assert chardev.received == b""


def test_with_keys_off_all_of_it_is_the_guests(kit):
    chardev, _ = console(kit, "telnet:127.0.0.1:7002,console=vm,keys=off")
    watching(kit, 7002).type(b"\x05c.\x05c?x")
    assert chardev.wait_for(b"x") == b"\x05c.\x05c?x"


def test_what_needs_the_pen_says_so(kit):
    chardev, daemon = console(kit)
    first, second = watching(kit), watching(kit)
    for key, shown in ((b"d", b"d"), (b"o", b"o"), (b"l0", b"l0"), (b"\\101", b"\\")):
        pressed(second, key, b"[charmux: ^Ec" + shown +
                f" needs the pen: 127.0.0.1:{first.local_port} types; ^Ecf takes over, ^Eca asks]\r\n".encode())
    # That was no wish to type.
    gone = first.local_port
    first.close()
    daemon.wait_log(f"127.0.0.1:{gone} left")
    pressed(second, b"w", b"[charmux: vm, 1 watching]\r\n")
    assert YOU_TYPE not in second.data
    # A pen that lies free is taken by who needs it.
    pressed(second, b"\\101", b"")
    assert chardev.wait_for(b"A") == b"A"
    press(second, b".")
    second.wait_closed()
