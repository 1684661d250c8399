// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace charmux::test {

/// How often read(2) has been called so far, by the code under test or by the test. The program is linked with
/// --wrap=read.
[[nodiscard]] unsigned long reads_made();

}  // namespace charmux::test
