# SPDX-License-Identifier: Apache-2.0
"""The order of the rooms is only worth something while it is checked. Each test plants one thing that is not allowed
in a small house and wants it named with its file and line; the house without it is clean."""

import subprocess

import pytest

TABLE = """
| order | room | holds | must never |
|---|---|---|---|
| 1 | `base/` | text | know uv |
| 2 | `history/` | Ring | call out |
| 6 | `loop/` | Loop | know consoles |
| 7 | `net/` | Stream | know telnet |
| 14 | `daemon/` | wiring | hold logic |
| 14 | `cli/` | commands | link the daemon |
"""
LICENCE = "// SPDX-License-Identifier: Apache-2.0\n"
CLEAN = {
    "include/charmux/base/text.hpp": "#pragma once\n",
    "include/charmux/history/ring.hpp": "#pragma once\n#include \"charmux/base/text.hpp\"\n",
    "src/base/log.cpp": "#include <spdlog/spdlog.h>\n#include \"charmux/base/text.hpp\"\n",
    "src/history/mapping.hpp": "#pragma once\n",
    "src/history/ring.cpp": "#include \"charmux/history/ring.hpp\"\n#include \"history/mapping.hpp\"\n",
    "src/loop/loop.hpp": "#pragma once\n",
    "src/loop/loop.cpp": "#include \"loop/loop.hpp\"\n#include <uv.h>\n",
    "src/daemon/daemon.hpp": "#pragma once\n#include \"loop/loop.hpp\"\n",
    "src/cli/cli.hpp": "#pragma once\n",
    "src/charmuxd.cpp": "#include \"daemon/daemon.hpp\"\nint main() {}\n",
}


def check(kit, planted):
    """The exit code and what tools/check_layers says of the small house with these files in it, too."""
    top = kit.path("house")
    for name, text in {**CLEAN, **planted}.items():
        path = top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(LICENCE + text)
    (top / "docs").mkdir()
    (top / "docs/architecture.md").write_text(TABLE)
    ended = subprocess.run([kit.repo / "tools/check_layers", top], capture_output=True, text=True, check=False)
    return ended.returncode, ended.stdout + ended.stderr


def test_a_house_in_order_passes(kit):
    assert check(kit, {}) == (0, "layers: 10 files in 6 rooms keep to the order\n")


# What is planted, and the beginning of the line that refuses it.
PLANTED = {
    "an upward include": (
        {"src/history/ring.cpp": "#include \"loop/loop.hpp\"\n"},
        "src/history/ring.cpp:2: history (order 2) includes from loop (order 6)"),
    "an upward include in a public header": (
        {"include/charmux/base/text.hpp": "#pragma once\n\n#include \"loop/loop.hpp\"\n"},
        "include/charmux/base/text.hpp:4: base (order 1) includes from loop (order 6)"),
    "the client includes the daemon": (
        {"src/cli/cli.hpp": "#include \"daemon/daemon.hpp\"\n"},
        "src/cli/cli.hpp:2: cli (order 14) includes from daemon (order 14)"),
    "a cycle of two headers": (
        {"src/net/a.hpp": "#include \"net/b.hpp\"\n", "src/net/b.hpp": "\n#include \"net/a.hpp\"\n"},
        "src/net/b.hpp:3: a cycle: src/net/a.hpp → src/net/b.hpp → src/net/a.hpp"),
    "a header that includes itself": (
        {"src/net/a.hpp": "#include \"net/a.hpp\"\n"},
        "src/net/a.hpp:2: a cycle: src/net/a.hpp → src/net/a.hpp"),
    "uv.h outside loop": (
        {"src/net/stream.cpp": "#include <uv.h>\n"},
        "src/net/stream.cpp:2: libuv is included only in src/loop"),
    "uv.h in a main": (
        {"src/charmuxd.cpp": "#include <uv.h>\nint main() {}\n"},
        "src/charmuxd.cpp:2: libuv is included only in src/loop"),
    "OpenSSL outside net": (
        {"src/loop/loop.cpp": "#  include <openssl/ssl.h>\n"},
        "src/loop/loop.cpp:2: OpenSSL is included only in src/net"),
    "libcrypt outside access": (
        {"src/net/stream.cpp": "#include <crypt.h>\n"},
        "src/net/stream.cpp:2: libcrypt is included only in src/access"),
    "PAM outside access": (
        {"src/net/stream.cpp": "#include <security/pam_appl.h>\n"},
        "src/net/stream.cpp:2: PAM is included only in src/access"),
    "libsystemd outside daemon": (
        {"src/net/stream.cpp": "#include <systemd/sd-journal.h>\n"},
        "src/net/stream.cpp:2: libsystemd is included only in src/daemon"),
    "libvirt outside hypervisor": (
        {"src/net/stream.cpp": "#include <libvirt/libvirt.h>\n"},
        "src/net/stream.cpp:2: libvirt is included only in src/hypervisor"),
    "spdlog in a header": (
        {"src/base/log.cpp": "", "src/base/log.hpp": "#include <spdlog/spdlog.h>\n"},
        "src/base/log.hpp:2: spdlog is included only in .cpp files"),
    "spdlog in a second file": (
        {"src/daemon/main.cpp": "#include <spdlog/spdlog.h>\n"},
        "src/daemon/main.cpp:2: spdlog is included in one file only, which is src/base/log.cpp"),
    "toml++ in a header": (
        {"src/daemon/file.hpp": "#include <toml++/toml.h>\n"},
        "src/daemon/file.hpp:2: toml++ is included only in .cpp files"),
    "doctest in the program": (
        {"src/base/log.cpp": "#include <doctest/doctest.h>\n"},
        "src/base/log.cpp:2: doctest is included only in tests"),
    "a room that the page does not know": (
        {"src/attic/box.cpp": ""},
        "src/attic/box.cpp:1: `attic` is no room of docs/architecture.md"),
    "a source beside the rooms": (
        {"src/helpers.cpp": ""},
        "src/helpers.cpp:1: only src/charmux.cpp and src/charmuxd.cpp stand beside the rooms"),
    "a public header of an outer room": (
        {"include/charmux/net/stream.hpp": ""},
        "include/charmux/net/stream.hpp:1: headers of net (order 7) stand in src/net/"),
    "a core room's header that others use, in src": (
        {"src/loop/loop.cpp": "#include \"history/mapping.hpp\"\n"},
        "src/history/mapping.hpp:1: headers of history (order 2) stand in include/charmux/history/"),
    "an include of nothing": (
        {"src/net/stream.cpp": "#include \"net/stream.hpp\"\n"},
        "src/net/stream.cpp:2: there is no net/stream.hpp in include/ or src/"),
    "a main that has grown": (
        {"src/charmux.cpp": "int x;\n" * 79},
        "src/charmux.cpp:80: a main of 80 lines; it has to stay under 80"),
}


@pytest.mark.parametrize("what", PLANTED)
def test_refuses(kit, what):
    planted, refusal = PLANTED[what]
    code, said = check(kit, planted)
    assert code == 1
    assert said.startswith(refusal), said
    assert said.count("\n") == 1, said


def test_refuses_a_source_without_its_licence(kit):
    (kit.path("house") / "src/net").mkdir(parents=True)
    (kit.path("house") / "src/net/bare.cpp").write_text("int x;\n")
    assert check(kit, {}) == (1, "src/net/bare.cpp:1: no `SPDX-License-Identifier: Apache-2.0` in its first lines\n")
