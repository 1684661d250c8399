// SPDX-License-Identifier: Apache-2.0
// charmux: the client.
#include "cli/commands.hpp"

int main(int argc, char** argv) { return charmux::cli::run({argv + 1, argv + argc}); }
