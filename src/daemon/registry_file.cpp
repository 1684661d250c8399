// SPDX-License-Identifier: Apache-2.0
#include "daemon/registry_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "charmux/base/text.hpp"
#include "charmux/base/unique_fd.hpp"

namespace charmux::daemon::registry_file {
namespace {

using Json = nlohmann::json;
using Entry = Registry::Entry;

constexpr unsigned kVersion = 1;
constexpr std::uint64_t kMostBytes = 64 * MiB;
/// The most that a console may bear: as many as there are ports.
constexpr std::uint64_t kMostNumber = 65535;

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/// What percent_encoded() made of a text, as it was.
std::optional<std::string> percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    const int high = hex_value(text[i + 1]);
    const int low = hex_value(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
}

std::optional<std::string> text_of(const Json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_string()) return std::nullopt;
  return percent_decoded(found->get_ref<const std::string&>());
}

std::int64_t milliseconds_of(WallTime time) {
  return std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

/// A time before 1970, or one that does not fit the clock's finer unit, is as wrong as none.
std::optional<WallTime> time_of(const Json& value) {
  if (!value.is_number_integer()) return std::nullopt;
  const auto milliseconds = value.get<std::int64_t>();
  if (milliseconds < 0 || milliseconds > milliseconds_of(WallTime::max())) return std::nullopt;
  return WallTime(std::chrono::milliseconds(milliseconds));
}

std::optional<Entry> read_entry(const Json& object) {
  if (!object.is_object()) return std::nullopt;
  auto key = text_of(object, "key");
  auto guest = text_of(object, "guest");
  auto name = text_of(object, "name");
  auto wish = text_of(object, "wish");
  auto source = text_of(object, "source");
  const auto number = object.find("number");
  const auto seen = object.find("seen");
  const auto present = object.find("present");
  const auto none = object.end();
  if (!key || key->empty() || !guest || !name || name->empty() || !wish || !source || number == none || seen == none ||
      present == none || !number->is_number_unsigned() || !time_of(*seen) || !present->is_boolean())
    return std::nullopt;
  if (number->get<std::uint64_t>() > kMostNumber) return std::nullopt;
  const auto missing = object.find("missing_since");
  const std::optional<WallTime> missing_since = missing == none ? std::nullopt : time_of(*missing);
  if (missing != none && !missing_since) return std::nullopt;
  return Entry{std::move(*key),  std::move(*guest),       std::move(*name),
               std::move(*wish), number->get<unsigned>(), std::move(*source),
               *time_of(*seen),  present->get<bool>(),    false,
               missing_since};
}

/// Whether what is to be unique is.
bool are_distinct(const std::vector<Entry>& entries) {
  std::set<std::string_view> keys;
  std::set<std::string_view> names;
  std::set<unsigned> numbers;
  for (const Entry& entry : entries) {
    if (!keys.insert(entry.key).second || !names.insert(entry.name).second) return false;
    if (entry.number != 0 && !numbers.insert(entry.number).second) return false;
  }
  return true;
}

Result<std::vector<Entry>> parse(const std::string& text) {
  const Json file = Json::parse(text, nullptr, false);
  if (!file.is_object()) return failure("is cut off or not JSON");
  const auto version = file.find("version");
  if (version == file.end() || !version->is_number_unsigned()) return failure("has no version");
  if (version->get<std::uint64_t>() > kVersion)
    return failure("is of version {}, and this charmuxd writes {}", version->get<std::uint64_t>(), kVersion);
  const auto consoles = file.find("consoles");
  if (version->get<std::uint64_t>() != kVersion || consoles == file.end() || !consoles->is_array())
    return failure("holds no list of consoles");
  std::vector<Entry> entries;
  for (const Json& each : *consoles) {
    std::optional<Entry> entry = read_entry(each);
    if (!entry) return failure("holds a console that is not whole");
    entries.push_back(std::move(*entry));
  }
  if (!are_distinct(entries)) return failure("holds two consoles of one key, name or number");
  return entries;
}

Result<std::string> read_all(int fd) {
  std::string text;
  std::array<char, 16 * KiB> block{};
  while (text.size() <= kMostBytes) {
    const ssize_t got = ::read(fd, block.data(), block.size());
    if (got == 0) return text;
    if (got > 0)
      text.append(block.data(), static_cast<std::size_t>(got));
    else if (errno != EINTR)
      return failure("cannot be read: {}", errno_text(errno));
  }
  return failure("is longer than {}", format_size(kMostBytes));
}

/// errno's value, or 0.
int write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t wrote = ::write(fd, text.data(), text.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return errno;
    text.remove_prefix(static_cast<std::size_t>(wrote));
  }
  return ::fsync(fd) == 0 ? 0 : errno;
}

/// The rename itself has to outlive a power cut too.
int sync_directory_of(const std::string& path) {
  const std::string directory = std::filesystem::path(path).parent_path().string();
  const UniqueFd fd(::open(directory.empty() ? "." : directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return fd && ::fsync(fd.get()) == 0 ? 0 : errno;
}

}  // namespace

Result<std::vector<Entry>> read(const std::string& path) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK));
  if (!fd && errno == ENOENT) return std::vector<Entry>();
  struct stat about {};
  if (!fd || ::fstat(fd.get(), &about) != 0)
    return errno == ELOOP ? Result<std::vector<Entry>>(failure("is a symbolic link"))
                          : failure("cannot be read: {}", errno_text(errno));
  if (!S_ISREG(about.st_mode)) return failure("is not a regular file");
  return read_all(fd.get()).and_then(parse);
}

std::string to_text(const std::map<std::string, Entry, std::less<>>& entries) {
  Json consoles = Json::array();
  for (const auto& [key, entry] : entries) {
    consoles.push_back({{"key", percent_encoded(key)},
                        {"guest", percent_encoded(entry.guest)},
                        {"name", percent_encoded(entry.name)},
                        {"wish", percent_encoded(entry.wish)},
                        {"number", entry.number},
                        {"source", percent_encoded(entry.source)},
                        {"seen", milliseconds_of(entry.seen)},
                        {"present", entry.present}});
    if (entry.missing_since) consoles.back()["missing_since"] = milliseconds_of(*entry.missing_since);
  }
  return Json{{"version", kVersion}, {"consoles", std::move(consoles)}}.dump(1) + "\n";
}

Status write(const std::string& path, const std::string& text) {
  const auto cannot = [&](int error) {
    return failure("cannot write {}: {}; until that is mended, names and numbers of new consoles are not remembered",
                   path, errno_text(error));
  };
  const std::string name = path + ".new";
  ::unlink(name.c_str());  // of a process that was killed while it wrote
  UniqueFd fd(::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd) return cannot(errno);
  int error = write_all(fd.get(), text);
  fd.reset();
  if (error == 0 && ::rename(name.c_str(), path.c_str()) != 0) error = errno;
  if (error == 0) error = sync_directory_of(path);
  if (error == 0) return {};
  ::unlink(name.c_str());
  return cannot(error);
}

Result<std::string> set_aside(const std::string& path, WallTime now) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
  std::tm time{};
  ::gmtime_r(&seconds, &time);
  std::array<char, 32> stamp{};
  std::strftime(stamp.data(), stamp.size(), "%Y%m%dT%H%M%SZ", &time);
  const std::string base = fmt::format("{}.broken-{}", path, stamp.data());
  std::string name = base;
  struct stat about {};
  for (int more = 1; ::lstat(name.c_str(), &about) == 0; ++more) name = fmt::format("{}.{}", base, more);
  if (::rename(path.c_str(), name.c_str()) != 0) return failure("{}", errno_text(errno));
  return name;
}

}  // namespace charmux::daemon::registry_file
