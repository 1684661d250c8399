# SPDX-License-Identifier: Apache-2.0
"""tools/demo --check: what two real telnet clients saw of a boot, and a third that came late, against QEMU's own
record of the bytes that the guest sent."""

from charmux_kit import LIVE, TerminalProcess, console_bytes, repeats_in_record, wait_until, without_questions

# What the shell prints for it is not what is typed, so that an echo cannot be taken for the answer.
COMMAND, ANSWER = b"echo charmux-$((6 * 7))\r", b"charmux-42\r\n"


def connect(port):
    """An inetutils telnet client on a terminal of its own, attached."""
    client = TerminalProcess(["telnet", "127.0.0.1", str(port)])
    client.wait_for(LIVE)
    return client


def received(client):
    """The console's bytes at that client."""
    return console_bytes(client.output)


def same(left, right):
    """For a failure: where two byte strings part."""
    at = next((n for n, (a, b) in enumerate(zip(left, right)) if a != b), min(len(left), len(right)))
    return f"{len(left)} and {len(right)} bytes, the same up to {at}: {left[at:at + 60]!r} and {right[at:at + 60]!r}"


def wait_same(guest, label, client, who):
    """Until the client has every byte that QEMU has recorded; returns a text that says how many."""
    def repeats():
        return repeats_in_record(guest.log(label), received(client))
    wait_until(lambda: repeats() is not None,
               lambda: f"{who} to have what QEMU recorded of {label}; {same(received(client), guest.log(label))}")
    unsent = repeats()
    return f"{len(received(client))} bytes" + (f" (of which QEMU recorded {unsent} twice)" if unsent else "")


def wait_tail(writer, latecomer, who):
    """Until what a latecomer has is the end of what the first has, from the beginning of a line; returns how much. What
    the guest asks of terminals goes to the one that types alone, and is in no history."""
    def has_tail():
        all_bytes, got = without_questions(received(writer)), without_questions(received(latecomer))
        return got and all_bytes.endswith(got) and (got == all_bytes or all_bytes[:-len(got)].endswith(b"\n"))
    wait_until(has_tail, lambda: f"{who} to have the end of what the first has; the last it has: "
                                 f"{received(latecomer)[-200:]!r}, the first: {received(writer)[-200:]!r}")
    return len(received(latecomer))


def check(guest, daemon, name, kind, port):
    """One console, its guest still paused, from the first byte of its boot to an answered command."""
    wait_until(lambda: guest.taken(kind, daemon.process), f"charmuxd to open {name} ({guest.address(kind)})")
    clients = []
    try:
        clients += [connect(port), connect(port)]
        writer, watcher = clients
        guest.resume()
        guest.wait_ready(kind)
        for client, who in ((writer, "the first client"), (watcher, "the second client")):
            size = wait_same(guest, kind, client, who)
        print(f"{name} ({kind}): two telnet clients saw the boot, {size}, as QEMU recorded them")

        clients.append(connect(port))
        latecomer = clients[-1]
        size = wait_tail(writer, latecomer, "the third client")
        print(f"{name} ({kind}): a third came late and was given {size} bytes of history")

        writer.type(COMMAND)
        for client in clients:
            client.wait_for(ANSWER)
        wait_same(guest, kind, writer, "the first client")
        wait_same(guest, kind, watcher, "the second client")
        wait_tail(writer, latecomer, "the third client")
        print(f"{name} ({kind}): a command typed by the first shows at all three", flush=True)
    except AssertionError as error:
        seen = "\n".join(f"--- {title}\n{text}" for client in clients for title, text in client.report())
        raise AssertionError(f"{error}\n{seen}") from error
    finally:
        for client in clients:
            client.close()
