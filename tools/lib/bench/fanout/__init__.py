# SPDX-License-Identifier: Apache-2.0
"""tools/bench fanout: what it costs charmux to give one console to many viewers, beside the least that can be done."""
