// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "charmux/base/result.hpp"
#include "net/pem_file.hpp"
#include "net/tls_context.hpp"

namespace charmux::net {

/// A certificate of ours, with those that vouch for it behind it, and its key. Its own are the first of `chain`.
struct TlsPair {
  std::vector<Certificate> chain;
  PrivateKey key;
};

/// Modes and options of both roles.
void set_up_tls(ssl_ctx_st* context);
/// Believes those in a file, and no others. `what` is its role, for the error: "ca".
[[nodiscard]] Result<std::vector<Certificate>> trust_file(ssl_ctx_st* context, const std::string& what,
                                                          const std::string& file);
/// Reads the pair and shows it in this context's name. Blocks. The errors are TlsContext's.
[[nodiscard]] Result<TlsPair> show_files(ssl_ctx_st* context, const TlsFiles& files);

}  // namespace charmux::net
