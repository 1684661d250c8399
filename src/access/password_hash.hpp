// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "charmux/base/result.hpp"

/// Passwords and what is kept of them: crypt(5) strings, by libxcrypt. For any thread; hashing takes long on purpose
/// (yescrypt: 20 ms and more), so it is not for the loop's.
namespace charmux::access {

/// A yescrypt string of that password, with fresh salt and libxcrypt's default cost. Error: the system gives no random
/// bytes, or no memory.
[[nodiscard]] Result<std::string> hash_password(const std::string& password);

/// A crypt(5) string that no password fits, of the cost that hash_password's have: comparing with it takes as long.
[[nodiscard]] Result<std::string> nobodys_hash();

/// Whether the password fits the hash. Where the hash is none (a locked "!" or "*", a failure's "*0", an empty one, an
/// unknown method) it fits nothing, and `nobodys` is compared instead, so that this takes as long. A password with a
/// NUL byte, which crypt(3) would not see the end of, fits nothing.
[[nodiscard]] bool password_fits(const std::string& password, const std::string& hash, const std::string& nobodys);

/// Whether the texts are the same, in a time that depends on their lengths alone.
[[nodiscard]] bool same_in_constant_time(std::string_view one, std::string_view other);

/// Overwrites all memory that the text has, and empties it.
void wipe(std::string& text);

}  // namespace charmux::access
