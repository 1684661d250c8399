# SPDX-License-Identifier: Apache-2.0
"""What tests/run is made of: jobs and how they are run, and the two kinds of test program."""
