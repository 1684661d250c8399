// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "charmux/base/result.hpp"

namespace charmux::access {

/// What PAM is asked.
struct PamQuestion {
  std::string service;  ///< the file in /etc/pam.d
  std::string name;
  std::string from;  ///< the client's address; empty: this machine
};

/// Asks PAM whether that is the password, and whether the account may be used now (pam_authenticate(3),
/// pam_acct_mgmt(3)); says nothing to the user. May take as long as a module likes (a server that does not answer), but
/// does not wait after a wrong password: whoever asks limits that. Not for the loop's thread. Error: why not, in PAM's
/// words ("PAM service login: Authentication failure"); a service without a file is Linux-PAM's "other".
[[nodiscard]] Status ask_pam(const PamQuestion& question, const std::string& password);

}  // namespace charmux::access
