// SPDX-License-Identifier: Apache-2.0
#include "access/local_user.hpp"

#include <fmt/core.h>
#include <grp.h>
#include <pwd.h>

#include <algorithm>
#include <cerrno>
#include <utility>
#include <vector>

namespace charmux::access {
namespace {

/// Bytes of an entry of the name service to begin with, and at most (a group with very many members). When hit: it
/// counts as not there.
constexpr std::size_t kFirstRoom = 4096;
constexpr std::size_t kMostRoom = std::size_t{16} * 1024 * 1024;

/// Calls `look` with more and more room, until that is enough; what it returns is an errno value.
template <class Look>
void with_room(Look look) {
  for (std::vector<char> room(kFirstRoom); look(room) == ERANGE && room.size() < kMostRoom;)
    room.resize(2 * room.size());
}

struct Entry {
  std::string name;
  gid_t group = 0;
};

std::optional<Entry> entry_of(uid_t uid) {
  std::optional<Entry> entry;
  with_room([&](std::vector<char>& room) {
    passwd found{};
    passwd* there = nullptr;
    const int error = ::getpwuid_r(uid, &found, room.data(), room.size(), &there);
    if (there != nullptr) entry = Entry{found.pw_name, found.pw_gid};
    return error;
  });
  return entry;
}

std::optional<std::string> group_name(gid_t gid) {
  std::optional<std::string> name;
  with_room([&](std::vector<char>& room) {
    group found{};
    group* there = nullptr;
    const int error = ::getgrgid_r(gid, &found, room.data(), room.size(), &there);
    if (there != nullptr) name = found.gr_name;
    return error;
  });
  return name;
}

std::vector<std::string> groups_of(const Entry& entry) {
  std::vector<gid_t> gids(64);
  int count = static_cast<int>(gids.size());
  while (::getgrouplist(entry.name.c_str(), entry.group, gids.data(), &count) < 0) {
    gids.resize(std::max(static_cast<std::size_t>(count), 2 * gids.size()));
    count = static_cast<int>(gids.size());
  }
  gids.resize(static_cast<std::size_t>(count));
  std::vector<std::string> names;
  for (const gid_t gid : gids)
    if (auto name = group_name(gid)) names.push_back(std::move(*name));
  return names;
}

std::string nameless(uid_t uid) { return fmt::format("uid {}", uid); }

}  // namespace

std::string local_name(uid_t uid) {
  const std::optional<Entry> entry = entry_of(uid);
  return entry ? entry->name : nameless(uid);
}

Person local_user(uid_t uid) {
  const std::optional<Entry> entry = entry_of(uid);
  if (!entry) return {Person::Kind::local, nameless(uid), {}};
  return {Person::Kind::local, entry->name, groups_of(*entry)};
}

std::optional<gid_t> local_group(const std::string& name) {
  std::optional<gid_t> gid;
  with_room([&](std::vector<char>& room) {
    group found{};
    group* there = nullptr;
    const int error = ::getgrnam_r(name.c_str(), &found, room.data(), room.size(), &there);
    if (there != nullptr) gid = found.gr_gid;
    return error;
  });
  return gid;
}

}  // namespace charmux::access
