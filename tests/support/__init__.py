# SPDX-License-Identifier: Apache-2.0
"""The kit of the e2e tests; tests/README.md shows how to write one."""

from charmux_kit import *  # noqa: F401,F403 (the kit is one vocabulary)
from support.clients import RawClient, TelnetClient
from support.fake_chardev import FakeChardev
from support.kit import Kit
from support.terminal import Terminal
