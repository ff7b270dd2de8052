// SPDX-License-Identifier: MPL-2.0
//
// `zmqrt keygen`: its command line.

#pragma once

namespace CLI {
class App;
}

namespace zmqrt::keygen {

/// Adds the subcommand. What it runs throws std::exception on failure.
void add_command(CLI::App& root);

} // namespace zmqrt::keygen
