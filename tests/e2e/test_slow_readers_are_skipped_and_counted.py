# SPDX-License-Identifier: Apache-2.0
"""A guest prints as fast as it can, and four of us read, each as fast as our line is. The two of us who read 4 MiB a
second have every byte: the guest is slowed to us. For the two on bad lines it waits once, and then prints on: we are
told how much we missed, and what we had and what we missed is what it printed. Where it is to wait for nobody, it does
not."""

from support import LIVE, wait_until
from support.flood import LINE, Printer, Reader, stream

KIB, MIB = 1 << 10, 1 << 20
FAST = 4 * MIB
# The kernel's queues, ours and charmuxd's, between what the guest has printed and what a reader has read.
QUEUES = 1 * MIB
RING = 256 * KIB


def started(kit, pause):
    kit.path("charmux.toml").write_text(
        f'[history]\nsize = "{RING // KIB}KiB"\nreplay = "4KiB"\nmax_guest_pause = "{pause}"\n')
    chardev = kit.unix_chardev(f"pause-{pause}.sock")
    daemon = kit.daemon("--config", kit.path("charmux.toml"), "--console", f"vm={chardev.address}",
                        "--listen", "telnet:127.0.0.1:7001,console=vm",
                        "--listen", "raw:127.0.0.1:7002,console=vm,on-lag=skip,replay=4KiB", name=f"pause-{pause}")
    return daemon, chardev.accept()


def viewer(kit, receive_buffer=16 * KIB):
    client = kit.telnet(7001, receive_buffer=receive_buffer)
    client.wait_for(LIVE)
    client.forget_data()
    return client


def test_who_reads_has_everything_and_who_reads_too_slowly_is_told(kit):
    daemon, chardev = started(kit, "2s")
    end = 16 * MIB
    fast = [Reader(viewer(kit), rate=FAST, piece=16 * KIB) for _ in range(2)]
    slow = Reader(viewer(kit), rate=64 * KIB, piece=4 * KIB)
    slowest = Reader(viewer(kit), rate=25, piece=1)
    printer = Printer(chardev, 0, end)
    printer.finish()
    print(f"the guest waited {printer.waited:.1f} s, {printer.longest_wait:.2f} s at a stretch")
    # It waited for them until then...
    assert all(reader.tally.at > end - RING - QUEUES for reader in fast)
    # ... and not for these, who together had as long as the fast ones took to read what they were given.
    assert slow.tally.received < end / 4 and slowest.tally.received < end / 4

    for reader in fast:
        tally = reader.read_to(end)
        assert (tally.received, tally.skips) == (end, [])
    for reader in (slow, slowest):
        tally = reader.read_to(end)
        assert tally.received + tally.skipped == end and tally.skips
    assert daemon.consoles()["vm"]["skipped"] == slow.tally.skipped + slowest.tally.skipped


def printed_beside_two(kit, pause):
    """A guest that has printed to one who stopped reading and one who reads slowly."""
    daemon, chardev = started(kit, pause)
    end = 8 * MIB
    slow, stopped = Reader(viewer(kit), rate=64 * KIB, piece=4 * KIB), viewer(kit)
    printer = Printer(chardev, 0, end)
    printer.finish()
    for reader in (slow, Reader(stopped)):
        tally = reader.read_to(end)
        assert tally.received + tally.skipped == end and tally.skips
        reader.client.close()
    daemon.stop()
    print(f"{pause}: the guest waited {printer.waited:.2f} s, {printer.longest_wait:.2f} s at a stretch")
    return printer


def test_a_guest_that_is_to_wait_for_nobody_does_not(kit):
    pause = 2.0
    waiting, not_waiting = printed_beside_two(kit, "2s"), printed_beside_two(kit, "0")
    assert pause / 2 < waiting.waited < 3 * pause  # for each of the two, once
    assert not_waiting.longest_wait < pause / 2


def seconds_beside_one_with_a_large_buffer(kit, pause):
    """In which a guest prints to one who reads nothing, and whose machine would take 12 MiB."""
    daemon, chardev = started(kit, pause)
    end = 96 * MIB
    stopped = viewer(kit, receive_buffer=12 * MIB)
    printer = Printer(chardev, 0, end)
    printer.finish()
    tally = Reader(stopped).read_to(end)
    assert tally.received + tally.skipped == end and tally.skips
    stopped.close()
    daemon.stop()
    print(f"{pause}: the guest waited {printer.waited:.2f} s, {printer.longest_wait:.2f} s at a stretch")
    return printer.waited


def test_what_a_machine_takes_into_its_buffer_is_no_reading(kit):
    """TCP makes the buffer of one who reads fast as large as that. When that one stops, it goes on filling for seconds."""
    pause = 0.5
    waited = seconds_beside_one_with_a_large_buffer(kit, "500ms") - seconds_beside_one_with_a_large_buffer(kit, "0")
    assert waited < 2 * pause


def test_what_a_raw_reader_missed_is_counted_though_it_is_told_nothing(kit):
    daemon, chardev = started(kit, "50ms")
    end = 8 * MIB
    client = kit.raw(7002, receive_buffer=16 * KIB)
    wait_until(lambda: daemon.consoles()["vm"]["viewers"] == 1, "it to be at the console")
    for begin in range(0, end, MIB):
        Printer(chardev, begin, begin + MIB).finish()
        client.wait_for(lambda data: len(data) > begin // 32)  # it wakes up, reads a little, and sleeps again
    received = client.wait_for(lambda data: data.endswith(stream(end - LINE, end)))
    viewer, = daemon.api("/consoles/vm")["viewers"]
    assert viewer["skipped"] > 0 and len(received) + viewer["skipped"] == end
    client.reset()
    daemon.wait_log(rf"left: .*; it was not given {viewer['skipped']} bytes$")
