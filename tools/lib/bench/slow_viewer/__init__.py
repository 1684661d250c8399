# SPDX-License-Identifier: Apache-2.0
"""tools/bench slow-viewer: a guest of ours, other people's multiplexers, and two clients of which one stops reading."""
