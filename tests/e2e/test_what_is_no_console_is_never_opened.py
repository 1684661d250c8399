# SPDX-License-Identifier: Apache-2.0
"""A guest has monitors, a gdb stub, an agent and whatever else beside its console. charmuxd lists each with the reason and
connects to none: whoever types at a monitor owns the guest, and who sits on the agent's socket keeps libvirt out of it."""

import contextlib
import pathlib
import select
import socket

from charmux_kit.qmp import QmpError
from support import LIVE, Process, wait_until


def started(kit):
    return kit.daemon("--qmp", kit.path("*.qmp"), "--listen", "telnet:127.0.0.1:2300",
                      "--listen", "telnet:127.0.0.1,ports=7001-7099")


def look_again(kit, guest, daemon):
    """Adds a chardev and waits until it is listed: all others have then been looked at once more."""
    guest.qmp.command("chardev-add", id="late", backend={"type": "socket", "data": {
        "addr": {"type": "unix", "data": {"path": str(kit.path("late.sock"))}}, "server": True, "wait": False}})
    wait_until(lambda: "vm.late" in daemon.consoles(), lambda: f"vm.late to be listed: {daemon.consoles()}")


def test_what_is_no_console_is_listed_with_the_reason_and_never_opened(kit):
    def server(label, more=""):
        return f"socket,id={label},path={kit.path(label)}.sock,server=on,wait=off{more}"

    def logged(label):
        return server(label, f",logfile={kit.path(label)}.log")

    guest = kit.guest(
        {"main": "unix", "muxed": f"socket,path={kit.path('muxed')}.sock,server=on,wait=off,mux=on", "nothing": "null",
         "window": "vc"},
        domain="vm", monitor=kit.path("vm.qmp"), paused=True, qemu_args=[
            "-mon", "chardev=muxed,mode=readline",
            "-chardev", logged("human"), "-mon", "chardev=human,mode=readline",
            "-chardev", logged("machine"), "-mon", "chardev=machine,mode=control",
            "-monitor", f"unix:{kit.path('compat')}.sock,server=on,wait=off",
            "-gdb", f"unix:{kit.path('gdb')}.sock,server=on,wait=off",
            "-chardev", "ringbuf,id=ring", "-device", "pci-serial,chardev=ring",
            "-device", "virtio-serial-pci",
            "-chardev", server("agent"), "-device", "virtserialport,chardev=agent,name=org.qemu.guest_agent.0",
            "-chardev", server("lab"), "-device", "virtserialport,chardev=lab,name=org.example.lab",
            "-chardev", server("nameless"), "-device", "virtserialport,chardev=nameless",
            "-chardev", server("spare")])
    daemon = started(kit)
    wait_until(lambda: guest.taken("main", daemon.process), "charmuxd at the console")
    look_again(kit, guest, daemon)

    listed = daemon.consoles()
    assert {name for name, each in listed.items() if each["state"] != "refused"} == {"vm"}
    assert listed["vm"]["state"] == "open"
    refused = {"muxed", "nothing", "window", "human", "machine", "compat_monitor1", "gdb", "ring", "agent", "lab",
               "nameless", "spare", "late"}
    for label in refused:
        assert listed[f"vm.{label}"]["reason"] and listed[f"vm.{label}"]["ports"] == [], label
    for label, word in {"compat_monitor1": "monitor", "gdb": "gdb", "agent": "agent", "muxed": "mux", "nothing": "null",
                        "window": "vc", "ring": "ringbuf", "lab": "a virtio channel (org.example.lab), not a console",
                        "nameless": "a virtio channel, not a console"}.items():
        assert word in listed[f"vm.{label}"]["reason"], label

    # QEMU's own word: nobody is at any of its sockets but the console's and the monitor that charmuxd was given ...
    sockets = {each["label"]: each["filename"] for each in guest.qmp.command("query-chardev") if "unix:" in each["filename"]}
    assert {label for label, filename in sockets.items() if not filename.startswith("disconnected:")} == {
        "main", "compat_monitor0", "qmp"}
    assert {"human", "machine", "compat_monitor1", "gdb", "agent", "lab", "nameless", "spare", "late",
            "muxed-base"} <= set(sockets)
    # ... nor was anybody: a monitor greets whoever comes.
    for label in ("human", "machine"):
        assert kit.path(f"{label}.log").read_bytes() == b""
        visitor = kit.raw(kit.path(f"{label}.sock"))
        visitor.wait_for(b"QEMU" if label == "human" else b"QMP")
        wait_until(lambda: kit.path(f"{label}.log").read_bytes(), "QEMU to log it")

    # Nor does the menu lead there.
    me = kit.telnet(2300)
    me.type(b"vm.human\r")
    shown = me.wait_for(b'[charmux: no console "vm.human"')
    assert b"[charmux: 1 console;" in shown


def test_spice_has_its_channels_for_itself(kit):
    guest = kit.guest({"main": "unix"}, domain="vm", monitor=kit.path("vm.qmp"), paused=True, qemu_args=[
        "-spice", f"unix=on,addr={kit.path('spice')},disable-ticketing=on",
        "-chardev", "spiceport,id=line,name=org.qemu.console.serial.0", "-device", "pci-serial,chardev=line",
        "-chardev", "spiceport,id=spare,name=org.example.spare",
        "-device", "virtio-serial-pci",
        "-chardev", "spicevmc,id=agent,name=vdagent",
        "-device", "virtserialport,chardev=agent,name=com.redhat.spice.0"])
    daemon = started(kit)
    wait_until(lambda: guest.taken("main", daemon.process), "charmuxd at the console")
    look_again(kit, guest, daemon)
    listed = daemon.consoles()
    assert listed["vm"]["state"] == "open"
    for label, reason in {"line": "a SPICE channel", "spare": "a SPICE channel",
                          "agent": "the SPICE agent's channel"}.items():
        each = listed[f"vm.{label}"]
        assert (each["state"], each["reason"], each["ports"]) == ("refused", reason, []), label

    # All of them are behind one socket, and QEMU tells who comes there.
    assert "SPICE_CONNECTED" not in {event["event"] for event in guest.qmp.events}
    kit.raw(kit.path("spice"))
    guest.qmp.wait_event("SPICE_CONNECTED")


def connections(path):
    """How many have been made to a UNIX socket, taken up or not; None while it does not listen."""
    found = [line.split() for line in pathlib.Path("/proc/net/unix").read_text().splitlines()]
    here = [entry[3] for entry in found if entry[-1] == str(path)]
    listening = here.count("00010000")  # __SO_ACCEPTCON
    return len(here) - listening if listening else None


@contextlib.contextmanager
def a_tpm_and_a_disk(kit):
    """The programs that are the hardware of two devices. QEMU connects to each and starts only when they are there."""
    kit.path("state").mkdir()
    kit.path("image").write_bytes(bytes(1 << 20) + b"kept by the peer\n" + bytes((1 << 20) - 17))
    tpm = ["swtpm", "socket", "--tpm2", "--tpmstate", f"dir={kit.path('state')}",
           "--ctrl", f"type=unixio,path={kit.path('tpm')}"]
    disk = ["qemu-storage-daemon", "--blockdev", f"driver=file,node-name=image,filename={kit.path('image')}",
            "--export", f"type=vhost-user-blk,id=export,node-name=image,addr.type=unix,addr.path={kit.path('disk')}"]
    with Process("tpm", tpm, kit.path("tpm.stderr")) as one, Process("disk", disk, kit.path("disk.stderr")) as other:
        for each in (one, other):
            wait_until(lambda: connections(kit.path(each.name)) == 0, lambda: f"{each.status()}; {each.stderr()}")
        yield


def test_a_tpm_and_a_vhost_user_disk_go_on_with_the_programs_behind_them(kit):
    with a_tpm_and_a_disk(kit):
        guest = kit.guest({"main": "unix"}, domain="vm", monitor=kit.path("vm.qmp"), qemu_args=[
            "-chardev", f"socket,id=tpm,path={kit.path('tpm')}", "-tpmdev", "emulator,id=tpm0,chardev=tpm",
            "-device", "tpm-tis,tpmdev=tpm0",
            "-object", "memory-backend-memfd,id=ram,size=128M,share=on", "-machine", "memory-backend=ram",
            "-chardev", f"socket,id=disk,path={kit.path('disk')}", "-device", "vhost-user-blk-pci,chardev=disk"])
        daemon = started(kit)
        wait_until(lambda: guest.taken("main", daemon.process), "charmuxd at the console")
        guest.wait_ready("main")
        look_again(kit, guest, daemon)
        listed = daemon.consoles()
        assert listed["vm"]["state"] == "open"
        for label, reason in {"tpm": "a TPM's channel", "disk": "a vhost-user device's channel"}.items():
            each = listed[f"vm.{label}"]
            assert (each["state"], each["reason"], each["ports"]) == ("refused", reason, []), label
            # QEMU has its connection, and no other was made.
            assert guest.qmp.command("qom-get", path=f"/chardevs/{label}", property="connected"), label
            assert connections(kit.path(label)) == 1, label

        # What the guest asks of them now is answered: a part of the disk that it has not read yet, and two registers.
        me = kit.telnet(7001)
        me.wait_for(LIVE)
        me.type(b"dd if=/dev/vda bs=1M skip=1 2>/dev/null | head -n 1\r")
        me.wait_for(b"\nkept by the peer\r\n")
        me.type(b"cat /sys/class/tpm/tpm0/pcr-sha256/16 /sys/class/tpm/tpm0/pcr-sha256/17\r")
        me.wait_for(b"\n" + b"0" * 64 + b"\r\n" + b"F" * 64 + b"\r\n")


def test_an_agent_that_takes_a_consoles_chardev_over_is_left_alone(kit):
    guest = kit.guest({"main": "unix"}, domain="vm", monitor=kit.path("vm.qmp"), paused=True, qemu_args=[
        "-device", "virtio-serial-pci,id=bus",
        "-chardev", f"socket,id=port,path={kit.path('port')}.sock,server=on,wait=off", "-device", "virtconsole,id=device,chardev=port,bus=bus.0"])
    daemon = started(kit)
    wait_until(lambda: daemon.consoles().get("vm.port", {}).get("state") == "open", "the second console to be open")
    guest.qmp.command("device_del", id="device")

    def plugged():
        try:
            guest.qmp.command("device_add", driver="virtserialport", id="agent", chardev="port", bus="bus.0",
                              name="org.qemu.guest_agent.0")
        except QmpError as error:  # the device that goes gives its chardev back a moment later
            assert "in use" in str(error), error
            return False
        return True

    wait_until(plugged, "the agent's device")
    wait_until(lambda: not guest.taken("port", daemon.process), "charmuxd to leave")
    look_again(kit, guest, daemon)
    listed = daemon.consoles()
    assert listed["vm"]["state"] == "open"
    assert listed["vm.port"]["state"] != "open"
    assert not guest.taken("port", daemon.process)
    # Nobody waits in its queue either: the agent's own client is served at once.
    mine = kit.raw(kit.path("port.sock"))
    wait_until(lambda: guest.taken("port", daemon.process), "QEMU to serve it")
    mine.close()
    wait_until(lambda: not guest.taken("port", daemon.process), "it to leave")


def test_a_chardev_that_calls_somebody_is_left_to_that(kit):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        guest = kit.guest({"calls": f"socket,host=127.0.0.1,port={port},reconnect=1", "aux": "unix"}, domain="vm",
                          monitor=kit.path("vm.qmp"), paused=True)
        answered, _ = listener.accept()
        daemon = started(kit)
        wait_until(lambda: guest.taken("aux", daemon.process), "charmuxd at the other console")
        look_again(kit, guest, daemon)
        listed = daemon.consoles()
        # The primary console's name passes to no other.
        assert listed["vm"]["state"] == "refused"
        assert listed["vm"]["reason"] == f"it calls a server; to be that: --console NAME=tcp-listen:127.0.0.1:{port}"
        assert listed["vm.aux"]["state"] == "open"
        assert not select.select([listener], [], [], 0)[0]
        answered.close()
