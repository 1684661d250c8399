// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/core.h>

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace charmux {

/// Why something could not be done, as one sentence for the person who has to mend it: what failed, on which object,
/// why, and what to do. No trailing full stop, no line end.
struct Error {
  std::string text;
  int number = 0;  ///< the errno behind it, where that is of use to the caller
};

/// A value, or the sentence that says why there is none. Every function that returns one is [[nodiscard]].
template <class T>
using Result = tl::expected<T, Error>;

/// Success, or the sentence that says why not.
using Status = Result<void>;

/// The failing half of a Result: `return failure("{} is not a tty", path);`
template <class... Args>
[[nodiscard]] tl::unexpected<Error> failure(fmt::format_string<Args...> format, Args&&... args) {
  return tl::unexpected<Error>(Error{fmt::format(format, std::forward<Args>(args)...), 0});
}

/// The text of an errno value ("No such file or directory"), safe from any thread.
[[nodiscard]] std::string errno_text(int error_number);

}  // namespace charmux
