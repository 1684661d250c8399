// SPDX-License-Identifier: Apache-2.0
#include "charmux/config/load.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>

#include "charmux/base/unique_fd.hpp"
#include "config/draft.hpp"
#include "config/settle.hpp"

namespace charmux::config {
namespace {

/// A file's text, or the errno value that says why not (EFBIG: longer than kMostConfigFile).
tl::expected<std::string, int> read_file(const std::string& path) {
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (!file) return tl::unexpected(errno);
  std::string text;
  std::array<char, 16 * KiB> block{};
  while (text.size() <= kMostConfigFile) {
    const ssize_t got = ::read(file.get(), block.data(), block.size());
    if (got == 0) return text;
    if (got > 0)
      text.append(block.data(), static_cast<std::size_t>(got));
    else if (errno != EINTR)
      return tl::unexpected(errno);
  }
  return tl::unexpected(EFBIG);
}

Problem cannot_read(const std::string& path, int error) {
  if (error == EFBIG)
    return {path,
            fmt::format("is longer than {}, the most that a configuration may have", format_size(kMostConfigFile))};
  return {path, fmt::format("cannot be read: {}: give --config a file that charmuxd may read", errno_text(error))};
}

}  // namespace

tl::expected<Config, std::vector<Problem>> parse_toml(std::string_view text, std::string_view file,
                                                      const CommandLine& command_line, const Environment& environment) {
  const tl::expected<Document, Problem> document = read_document(text, file);
  if (!document) return tl::unexpected(std::vector<Problem>{document.error()});
  Report report(file);
  Draft draft = read_draft(*document, report);
  for (const std::string& uri : command_line.libvirts) add_libvirt(uri, draft, report);
  for (const std::string& qmp : command_line.qmps) add_qmp(qmp, draft, report);
  for (const std::string& console : command_line.consoles) add_console(console, draft, report);
  for (const std::string& listen : command_line.listens) add_listen(listen, draft, report);
  Config config = settle(draft, command_line, environment, report);
  if (!report.empty()) return tl::unexpected(report.take());
  return config;
}

tl::expected<Config, std::vector<Problem>> load(const CommandLine& command_line, const Environment& environment) {
  const std::string path = command_line.config_file.value_or(environment.default_file);
  const tl::expected<std::string, int> text = read_file(path);
  if (text) return parse_toml(*text, path, command_line, environment);
  const bool may_be_missing = !command_line.config_file;
  if (may_be_missing && (text.error() == ENOENT || text.error() == ENOTDIR))
    return parse_toml("", path, command_line, environment);
  return tl::unexpected(std::vector<Problem>{cannot_read(path, text.error())});
}

}  // namespace charmux::config
