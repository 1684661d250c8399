# SPDX-License-Identifier: Apache-2.0
"""A script sends a command to a raw door and closes its sending side, as `printf ... | socat` does: it gets the answer, and
the pen is free for the next. curl's telnet:// works as well."""

import subprocess

from support import wait_until


def answered(kit, argv, question, answer):
    """Runs it with `question` on its stdin until `answer` stands on its stdout."""
    out = kit.path("answer")
    with open(out, "wb") as stdout:
        client = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=stdout)
        try:
            client.stdin.write(question)
            client.stdin.close()
            wait_until(lambda: answer in out.read_bytes(), lambda: f"{answer!r} at {argv}; so far {out.read_bytes()!r}")
        finally:
            client.kill()
            client.wait()


def test_scripts_get_their_answer(kit):
    guest = kit.guest({"boot": "null", "vm": "unix"})
    daemon = kit.daemon("--console", f"vm={guest.address('vm')}", "--listen", "raw:127.0.0.1:7001,console=vm",
                        "--listen", f"raw:{kit.path('raw.sock')},console=vm", "--listen", "telnet:127.0.0.1:7003,console=vm")
    guest.wait_ready("vm")
    for n, place in enumerate(("TCP:127.0.0.1:7001", f"UNIX-CONNECT:{kit.path('raw.sock')}")):
        # -t: how long socat waits for more once its stdin has ended.
        answered(kit, ["socat", "-t", "60", "-", place], f"echo hi-{n}$((6 * 7))\n".encode(), f"hi-{n}42\r\n".encode())
    answered(kit, ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/7001; cat >&3; exec cat <&3"], b"echo bash-$((6 * 7))\n",
             b"bash-42\r\n")

    # While one of them only listens on, the next may type: the pen went with the end of what the first had to say.
    listening = kit.raw(7001)
    listening.send(b"echo one-$((6 * 7))\n")
    listening.stop_sending()
    listening.wait_for(b"one-42\r\n")
    after = kit.raw(7001)
    after.send(b"echo two-$((6 * 7))\n")
    after.wait_for(b"two-42\r\n")
    listening.wait_for(b"two-42\r\n")
    after.close()
    listening.close()
    assert "left: it typed" not in daemon.log()


def test_curl_speaks_telnet(kit):
    guest = kit.guest({"boot": "null", "vm": "unix"})
    kit.daemon("--console", f"vm={guest.address('vm')}", "--listen", "telnet:127.0.0.1:7003,console=vm")
    guest.wait_ready("vm")
    # curl looks at what comes only while its stdin has something or is at its end.
    answered(kit, ["curl", "--silent", "--no-buffer", "telnet://127.0.0.1:7003"], b"echo curl-$((6 * 7))\n", b"curl-42\r\n")
