// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "console/console.hpp"
#include "net/tls_session.hpp"

namespace charmux::frontend {

/// What still holds for somebody who is inside, once the configuration has changed.
struct Standing {
  std::string why_not{};  ///< what he is told: "this listener is no more"; not empty: he may be here no longer
  bool may_type = false;
};

/// By what somebody was let in, who looks at it again. Shared by those who came in by the same, as many viewers do.
class Judge {
 public:
  virtual ~Judge() = default;
  /// `at`: the console that he watches; null: none yet. `tls`: how he speaks; null: in plain text.
  [[nodiscard]] virtual Standing look(const console::ViewerOrigin& who, const console::Console* at,
                                      const net::TlsSession* tls) = 0;
};

}  // namespace charmux::frontend
