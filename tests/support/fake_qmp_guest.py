# SPDX-License-Identifier: Apache-2.0
"""One guest of the emulation in fake_qmp.py: its chardevs, its QOM tree, and what its monitor answers, in the shapes of
QEMU 7.2.22 (`-M pc -S -serial chardev:ser0 -qmp unix:...`), recorded from the real one."""

import collections
import json
import os
import pathlib
import pty
import socket
import time
import tty

# /machine/unattached of a pc machine: device[N] in order, and what else has children there.
DEVICES = """
qemu64-x86_64-cpu kvmvapic i440FX PIIX3 i8257 i8257 isa-i8259 isa-i8259 VGA hpet mc146818rtc isa-pit isa-pcspk
isa-serial isa-parallel isa-fdc floppy i8042 vmport vmmouse port92 e1000 piix3-ide ide-cd PIIX4_PM smbus-eeprom
smbus-eeprom smbus-eeprom smbus-eeprom smbus-eeprom smbus-eeprom smbus-eeprom smbus-eeprom""".split()
OTHERS = {f"non-qdev-gpio[{n}]": "irq" for n in range(28)}
OTHERS |= {f"{name}[0]": "memory-region" for name in "io ioport80 ioportF0 isa-bios pc.bios pc.rom pci system".split()}
OTHERS |= {"sysbus": "System"}
QDEV = {"parent_bus": "link<bus>", "realized": "bool", "hotplugged": "bool", "hotpluggable": "bool"}
COMMANDS = """qmp_capabilities query-name query-uuid query-status query-version query-commands query-chardev qom-list
qom-get chardev-add chardev-remove chardev-send-break system_reset stop cont quit""".split()


class Refused(Exception):
    """QEMU's error: its class and its description."""

    def __init__(self, description, kind="GenericError"):
        super().__init__(description)
        self.kind, self.description = kind, description


class Chardev:
    """A `socket` chardev with server=on on a UNIX socket (one client at a time, what it types is kept in `typed`), a
    `pty`, or any other kind, which does nothing. `breaks` counts the breaks sent to it."""

    def __init__(self, loop, label, kind="socket", path=None, frontend=True):
        self.label, self.kind, self.path, self.frontend, self._loop = label, kind, path and str(path), frontend, loop
        self.typed, self.connections, self.breaks, self._listener, self._client = b"", 0, 0, None, None
        if kind == "socket" and path:
            self._listener = loop.listen(self.path, self._accept)
        elif kind == "pty":
            self._client, slave = pty.openpty()
            tty.setraw(slave)
            self.path = os.ttyname(slave)
            os.close(slave)

    @property
    def connected(self):
        return self._client is not None

    @property
    def filename(self):
        if self.kind == "socket":
            return f"{'' if self.connected else 'disconnected:'}unix:{self.path},server=on"
        return f"pty:{self.path}" if self.kind == "pty" else self.kind

    def _accept(self):
        self._client, _ = self._listener.accept()
        self.connections += 1
        self._loop.forget(self._listener)
        self._loop.watch(self._client, self._read)

    def _read(self):
        data = self._loop.read(self._client)
        self.typed += data
        if not data:
            self._loop.drop(self._client)
            self._client = None
            self._loop.watch(self._listener, self._accept)

    def print(self, data):
        """Output of the guest; lost when nobody is connected, as QEMU's is."""
        if self.kind == "pty":
            os.write(self._client, data)
        elif self._client:
            self._client.sendall(data)

    def close(self):
        if self.kind == "pty":
            os.close(self._client)
        for each in (self._client, self._listener):
            if isinstance(each, socket.socket):
                self._loop.drop(each)
        if self._listener:
            pathlib.Path(self.path).unlink(missing_ok=True)
        self._client = self._listener = None


class FakeGuest:
    """One guest; made by FakeQmp.guest(). `asked` counts the commands that came."""

    def __init__(self, owner, name, path, uuid, chardevs):
        self.owner, self.name, self.path, self.uuid = owner, name, str(path), str(uuid)
        self._specs, self.status, self.asked = chardevs, "prelaunch", collections.Counter()
        self.chardevs, self.devices, self._listener, self._client = {}, {}, None, None

    # What a test does.

    def start(self):
        """QEMU runs: its monitor and its chardevs listen."""
        self.owner.call(self._start)
        return self

    def stop(self, guest=True):
        """QEMU ends: SHUTDOWN, then the end of all its connections, and its socket files go."""
        self.owner.call(self._shut_down, guest)

    def kill(self):
        """QEMU is killed: nothing is said, and its monitor's socket file stays."""
        self.owner.call(self._end, True)

    def event(self, name, **data):
        """Tells an event to who is on the monitor."""
        self.owner.call(self._event, name, data)

    def reset(self):
        """A reboot of the guest, with the two RESETs that a real one makes."""
        for _ in range(2):
            self.event("RESET", guest=True, reason="guest-reset")

    def print(self, data, label="ser0"):
        self.owner.call(lambda: self.chardevs[label].print(data))

    def plug(self, label, kind="socket", path=None, device=None, **properties):
        """Adds a chardev, and a front-end of QOM type `device` for it, as -device or device_add would."""
        self.owner.call(self._plug, label, kind, path, device, properties)
        return self.chardevs[label]

    def unplug(self, label):
        self.owner.call(lambda: self.chardevs.pop(label).close())

    @property
    def monitored(self):
        """Whether somebody is served on the monitor."""
        return self._client is not None

    # What happens on the serving thread.

    def _start(self):
        self.status = "running"
        for index, kind in enumerate(DEVICES):
            self.devices[f"/machine/unattached/device[{index}]"] = {"type": kind}
        self.devices["/machine/unattached/device[14]"] |= {"chardev": "parallel0", "index": 0, "irq": 7, "iobase": 888}
        self.chardevs = {"compat_monitor0": Chardev(self.owner, "compat_monitor0"),
                         "parallel0": Chardev(self.owner, "parallel0", "vc")}
        self.chardevs["compat_monitor0"].path = self.path
        for number, (label, path) in enumerate(self._specs.items()):
            self._plug(label, "pty" if path == "pty" else "socket", path, None, {})
            at = 13 if number == 0 else len(DEVICES) + number
            self.devices[f"/machine/unattached/device[{at}]"] = {
                "type": "isa-serial", "chardev": label, "index": number, "irq": 4 - number % 2,
                "iobase": (1016, 760, 1000, 744)[number % 4]}
        self._listener = self.owner.listen(self.path, self._accept)

    def _plug(self, label, kind, path, device, properties):
        self.chardevs[label] = Chardev(self.owner, label, kind, path, frontend=True)
        if device:
            self.devices[f"/machine/peripheral/{label}"] = {"type": device, "chardev": label} | properties

    def _shut_down(self, guest):
        self._event("SHUTDOWN", {"guest": guest, "reason": "guest-shutdown" if guest else "host-qmp-quit"})
        self._end()

    def _end(self, killed=False):
        for chardev in self.chardevs.values():
            chardev.close()
        for each in (self._client, self._listener):
            if each:
                self.owner.drop(each)
        if self._listener and not killed:
            pathlib.Path(self.path).unlink(missing_ok=True)
        self.chardevs, self.devices, self._client, self._listener, self.status = {}, {}, None, None, "shutdown"

    def _accept(self):
        self._client, _ = self._listener.accept()
        self.owner.forget(self._listener)  # one client: the next waits in the backlog
        self.owner.watch(self._client, self._read)
        self._input, self._negotiated = b"", False
        version = {"qemu": {"micro": 22, "minor": 2, "major": 7}, "package": "emulated"}
        self._send({"QMP": {"version": version, "capabilities": ["oob"]}})

    def _read(self):
        data = self.owner.read(self._client)
        if not data:
            return self._leave()
        *lines, self._input = (self._input + data).split(b"\n")
        for line in filter(None, map(bytes.strip, lines)):
            self._hear(line)

    def _leave(self):
        self.owner.drop(self._client)
        self._client = None
        self.owner.watch(self._listener, self._accept)

    def _hear(self, line):
        try:
            message = json.loads(line)
        except ValueError:
            return self._send({"error": {"class": "GenericError", "desc": "JSON parse error, expecting value"}})
        identity = {"id": message["id"]} if "id" in message else {}
        try:
            answer = {"return": self._answer(message["execute"], message.get("arguments", {}))} | identity
        except Refused as refused:
            answer = identity | {"error": {"class": refused.kind, "desc": refused.description}}
        if self._client:
            self._send(answer)

    def _send(self, message):
        try:
            self._client.sendall(json.dumps(message).encode() + b"\r\n")
        except OSError:
            pass  # the client has gone, which reading says

    def _event(self, name, data):
        if self._client and self._negotiated:
            now = time.time()
            stamp = {"seconds": int(now), "microseconds": int(now % 1 * 1_000_000)}
            self._send({"timestamp": stamp, "event": name} | ({"data": data} if data else {}))

    def _answer(self, command, arguments):
        self.asked[command] += 1
        if not self._negotiated and command != "qmp_capabilities":
            raise Refused("Expecting capabilities negotiation with 'qmp_capabilities'", "CommandNotFound")
        if command not in COMMANDS:
            raise Refused(f"The command {command} has not been found", "CommandNotFound")
        return getattr(self, "_" + command.replace("-", "_"))(**arguments)

    # The commands, by name.

    def _qmp_capabilities(self, **_):
        if self._negotiated:
            raise Refused("Capabilities negotiation is already complete, command ignored", "CommandNotFound")
        self._negotiated = True
        return {}

    def _query_name(self):
        return {"name": self.name} if self.name else {}

    def _query_uuid(self):
        return {"UUID": self.uuid}

    def _query_status(self):
        return {"status": self.status, "singlestep": False, "running": self.status == "running"}

    def _query_version(self):
        return {"qemu": {"micro": 22, "minor": 2, "major": 7}, "package": "emulated"}

    def _query_commands(self):
        return [{"name": name} for name in COMMANDS]

    def _query_chardev(self):
        return [{"frontend-open": each.frontend, "label": label, "filename":
                 f"unix:{self.path},server=on" if label == "compat_monitor0" else each.filename}
                for label, each in self.chardevs.items()]

    def _children(self, path):
        """Of a QOM path: name -> type, children as child<...>; None: there is no such object."""
        if path == "/chardevs":
            return {label: f"child<chardev-{each.kind}>" for label, each in self.chardevs.items()}
        if path.startswith("/chardevs/"):
            each = self.chardevs.get(path.removeprefix("/chardevs/"))
            return each and ({"connected": "bool", "addr": "SocketAddress"} if each.kind == "socket" else {})
        if path in self.devices:
            kinds = {int: "uint32", str: "str", bool: "bool"}
            return QDEV | {name: kinds[type(value)] for name, value in self.devices[path].items() if name != "type"}
        if path == "/machine":
            names = ("unattached", "peripheral", "peripheral-anon")
            return {"kernel": "string"} | {name: "child<container>" for name in names}
        if path in ("/machine/unattached", "/machine/peripheral", "/machine/peripheral-anon", "/objects"):
            inside = {at: device for at, device in self.devices.items() if at.startswith(path + "/")}
            found = {at.removeprefix(path + "/"): f"child<{device['type']}>" for at, device in inside.items()}
            more = OTHERS if path.endswith("unattached") else {}
            return found | {name: f"child<{kind}>" for name, kind in more.items()}
        return {} if path.removeprefix("/machine/unattached/") in OTHERS else None

    def _qom_list(self, path):
        children = self._children(path)
        if children is None:
            raise Refused(f"Device '{path}' not found", "DeviceNotFound")
        return [{"name": name, "type": kind} for name, kind in ({"type": "string"} | children).items()]

    def _qom_get(self, path, property):  # noqa: A002 (QMP's name)
        if self._children(path) is None:
            raise Refused(f"Device '{path}' not found", "DeviceNotFound")
        values = dict(self.devices.get(path, {"type": "container"}))
        if path in self.devices:
            values |= {"parent_bus": "/machine/unattached/device[3]/isa.0", "realized": True, "hotplugged": False,
                       "hotpluggable": False}
        if each := self.chardevs.get(path.removeprefix("/chardevs/")):
            mine = each.label == "compat_monitor0"
            values = {"type": f"chardev-{each.kind}"}
            if each.kind == "socket":
                values |= {"connected": mine or each.connected, "addr": {"path": each.path, "type": "unix"}}
        if property not in values:
            raise Refused(f"Property '{values['type']}.{property}' not found")
        return values[property]

    def _chardev_add(self, id, backend):  # noqa: A002
        if id in self.chardevs:
            raise Refused(f"Chardev with id '{id}' already exists")
        path = backend["data"].get("addr", {}).get("data", {}).get("path")
        added = self.chardevs[id] = Chardev(self.owner, id, backend["type"], path, frontend=False)
        return {"pty": added.path} if added.kind == "pty" else {}

    def _existing(self, label):
        if label not in self.chardevs:
            raise Refused(f"Chardev '{label}' not found")
        return self.chardevs[label]

    def _chardev_remove(self, id):  # noqa: A002
        if self._existing(id).frontend:
            raise Refused(f"Chardev '{id}' is busy")
        self.chardevs.pop(id).close()
        return {}

    def _chardev_send_break(self, id):  # noqa: A002
        self._existing(id).breaks += 1
        return {}

    def _system_reset(self):
        self._event("RESET", {"guest": False, "reason": "host-qmp-system-reset"})
        return {}

    def _become(self, event, status):
        self._event(event, {})
        self.status = status
        return {}

    def _stop(self):
        return self._become("STOP", "paused")

    def _cont(self):
        return self._become("RESUME", "running")

    def _quit(self):
        self._shut_down(guest=False)
        return {}
