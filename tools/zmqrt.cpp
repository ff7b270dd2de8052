// SPDX-License-Identifier: MPL-2.0
//
// The `zmqrt` command.

#include <cstdio>
#include <exception>

#include <CLI/CLI.hpp>

#include "tools/bench/command.hpp"
#include "tools/keygen/command.hpp"

int main(int argc, char** argv) {
  CLI::App app{"zmqrt: a ZeroMQ-compatible messaging runtime"};
  app.require_subcommand(1);
  try {
    zmqrt::bench::add_command(app);
    zmqrt::keygen::add_command(app);
    app.parse(argc, argv);
    return 0;
  } catch (const CLI::ParseError& wrong) {
    return app.exit(wrong);
  } catch (const std::exception& failed) {
    std::fprintf(stderr, "zmqrt: %s\n", failed.what());
    return 1;
  }
}
