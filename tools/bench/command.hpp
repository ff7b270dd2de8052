// SPDX-License-Identifier: MPL-2.0
//
// `zmqrt bench`: its command line.

#pragma once

namespace CLI {
class App;
}

namespace zmqrt::bench {

/// Adds the subcommand. What it runs throws std::exception on failure.
void add_command(CLI::App& root);

/// Those that measure other things than patterns: `poller`, `topics`, `actors`
/// and so on (scale_command.cpp).
void add_scale_commands(CLI::App& bench);

} // namespace zmqrt::bench
