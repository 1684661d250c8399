// SPDX-License-Identifier: Apache-2.0
#include "cli/commands.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <string_view>

#include "charmux/base/text.hpp"
#include "charmux/base/version.hpp"

namespace charmux::cli {
namespace {

constexpr const char* kHelp =
    "charmux: the client of charmuxd\n"
    "\n"
    "  charmux --help       this text\n"
    "  charmux --version    the version\n"
    "\n"
    "It has no commands in this version: reach a console with telnet, at the address\n"
    "that charmuxd was given with --listen.\n";

/// Commands of a later version, by the contract refused by name.
constexpr std::array<std::string_view, 5> kLater = {"send", "log", "cast", "doctor", "completion"};

int usage_error(const std::string& text) {
  std::fprintf(stderr, "charmux: %s\n", text.c_str());
  return kUsage;
}

}  // namespace

int run(const std::vector<std::string>& arguments) {
  if (arguments.empty()) return usage_error("no command given; see `charmux --help`");
  const std::string& first = arguments.front();
  if (first == "--help" || first == "-h") return std::fputs(kHelp, stdout) < 0 ? kUsage : kDone;
  if (first == "--version") return std::printf("charmux %s\n", std::string(version()).c_str()) < 0 ? kUsage : kDone;
  if (std::find(kLater.begin(), kLater.end(), first) != kLater.end())
    return usage_error(first + ": not in this version");
  return usage_error("unknown command '" + printable(first) + "'; see `charmux --help`");
}

}  // namespace charmux::cli
