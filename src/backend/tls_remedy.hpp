// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "charmux/address/backend_address.hpp"
#include "net/tls_session.hpp"

namespace charmux::backend {

/// Why that session did not come about or has ended, and what to do with the options of a `tls:` backend. Also where
/// the other side just closes after it was shown our certificate, or none, as QEMU does (7.2).
[[nodiscard]] std::string tls_reason(const net::TlsSession& tls, const address::TlsTerms& terms);

}  // namespace charmux::backend
