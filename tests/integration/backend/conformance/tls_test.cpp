// SPDX-License-Identifier: Apache-2.0
#include "tls_peer.hpp"

#include "conformance.hpp"

using namespace charmux::test;

CONFORMS("tls", TlsPeer)
