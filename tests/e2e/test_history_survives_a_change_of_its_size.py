# SPDX-License-Identifier: Apache-2.0
"""Someone gives a console a larger history, later a smaller one: what it has is carried over, as much as fits, and the
log says so."""


def record(number):
    return b"record %08d\r\n" % number


def test_history_survives_a_change_of_its_size(kit):
    chardev = kit.unix_chardev()
    printed = 0

    def run(size, records):
        """One life of charmuxd with a history of that size, in which the guest prints so many records."""
        nonlocal printed
        kit.path("charmux.toml").write_text(f'[history]\nsize = "{size}"\n')
        daemon = kit.daemon("--config", kit.path("charmux.toml"), "--console", f"vm={chardev.address}",
                            "--listen", f"raw:127.0.0.1:7001,console=vm,replay={size}")
        chardev.accept()
        daemon.wait_log("console vm: open")
        viewer = kit.raw(7001)
        if records:
            for first in range(0, records, 1000):
                count = min(1000, records - first)
                chardev.write(b"".join(record(printed + n) for n in range(count)))
                printed += count
            viewer.wait_for(record(printed - 1))
        else:
            viewer.wait_for(lambda data: data.endswith(record(printed - 1)))
        viewer.close()
        assert daemon.stop() == 0
        return daemon, viewer.data

    run("64KiB", 6000)  # more than once round
    everything = b"".join(record(n) for n in range(6000))
    daemon, seen = run("256KiB", 0)
    assert "was carried over from 64KiB to 256KiB: its newest 65536 bytes are kept" in daemon.log()
    assert seen == everything[-65536:]
    run("256KiB", 20_000)
    everything = b"".join(record(n) for n in range(26_000))
    daemon, seen = run("128KiB", 0)
    assert "was carried over from 256KiB to 128KiB: its newest 131072 bytes are kept" in daemon.log()
    assert seen == everything[-131072:]
    assert (daemon.state_dir / "history/vm.ring").stat().st_size == 4096 + 131072
    assert sorted(path.name for path in (daemon.state_dir / "history").iterdir()) == ["vm.ring", "vm.times"]
