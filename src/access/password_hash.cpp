// SPDX-License-Identifier: Apache-2.0
#include "access/password_hash.hpp"

#include <crypt.h>
#include <string.h>

#include <cerrno>
#include <cstdlib>
#include <memory>

namespace charmux::access {
namespace {

constexpr const char* kYescrypt = "$y$";

/// crypt(3) without a state of the process's, as any thread may call it. Empty: that setting is none.
std::string crypted(const std::string& password, const std::string& setting) {
  struct Wipe {
    void operator()(crypt_data* data) const {
      ::explicit_bzero(data, sizeof *data);
      delete data;
    }
  };
  const std::unique_ptr<crypt_data, Wipe> data(new crypt_data{});
  const char* const made = ::crypt_rn(password.c_str(), setting.c_str(), data.get(), sizeof *data);
  return made == nullptr ? std::string() : std::string(made);
}

/// "$y$j9T$" and 22 characters of salt.
Result<std::string> fresh_setting() {
  const std::unique_ptr<char, decltype(&std::free)> setting(::crypt_gensalt_ra(kYescrypt, 0, nullptr, 0), &std::free);
  if (!setting) return failure("no salt for a password's hash can be made: {}", errno_text(errno));
  return std::string(setting.get());
}

}  // namespace

Result<std::string> hash_password(const std::string& password) {
  auto setting = fresh_setting();
  if (!setting) return setting;
  std::string made = crypted(password, *setting);
  if (made.empty()) return failure("the password cannot be hashed: {}", errno_text(errno));
  return made;
}

Result<std::string> nobodys_hash() {
  // Of the form of a hash, which no hash is: its 43 characters would be 256 zero bits.
  return fresh_setting().map([](const std::string& setting) { return setting + "$" + std::string(43, '.'); });
}

bool password_fits(const std::string& password, const std::string& hash, const std::string& nobodys) {
  const bool possible = password.find('\0') == std::string::npos;
  std::string made = possible ? crypted(password, hash) : std::string();
  const bool good = !made.empty() && same_in_constant_time(made, hash);
  if (made.empty()) made = crypted(password, nobodys);
  wipe(made);
  return good;
}

bool same_in_constant_time(std::string_view one, std::string_view other) {
  if (one.size() != other.size()) return false;
  volatile unsigned char differing = 0;
  for (std::size_t i = 0; i < one.size(); ++i)
    differing = static_cast<unsigned char>(differing | static_cast<unsigned char>(one[i] ^ other[i]));
  return differing == 0;
}

void wipe(std::string& text) {
  // A string that was moved from has its small buffer still: all there is room for is its to write.
  text.resize(text.capacity());
  ::explicit_bzero(text.data(), text.size());
  text.clear();
}

}  // namespace charmux::access
