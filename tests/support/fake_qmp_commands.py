# SPDX-License-Identifier: Apache-2.0
"""What the monitor of an emulated guest answers, in the shapes of QEMU 7.2.22 (`-M pc -S -serial chardev:ser0 -qmp
unix:...`), recorded from the real one."""

from support.fake_qmp_chardev import Chardev

# What /machine/unattached of a pc machine has beside devices.
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


class Commands:
    """The commands, by name, of a guest that has `owner`, `name`, `path`, `uuid`, `status`, `chardevs` and `devices`."""

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
