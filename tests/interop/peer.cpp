// SPDX-License-Identifier: MPL-2.0
//
// The build says where the programs are (CMakeLists.txt).

#include "tests/interop/peer.hpp"

#include <stdexcept>
#include <vector>

namespace zmqrt::test {

namespace {

std::vector<std::string> command_line(implementation which) {
  switch (which) {
  case implementation::libzmq:
    return {ZMQRT_LIBZMQ_PEER};
  case implementation::pyzmq:
    return {ZMQRT_PYTHON, ZMQRT_PEER_SOURCES "/pyzmq_peer.py"};
  case implementation::jeromq:
    return {ZMQRT_JAVA, "-Xshare:auto",         "-XX:TieredStopAtLevel=1",
            "-cp",      ZMQRT_JEROMQ_CLASSPATH, "JeromqPeer"};
  case implementation::node:
    return {ZMQRT_NODE, "--no-warnings", ZMQRT_NODE_PEER};
  case implementation::raw:
    return {ZMQRT_PYTHON, ZMQRT_PEER_SOURCES "/raw_peer.py"};
  }
  return {};
}

} // namespace

const char* name_of(implementation which) noexcept {
  switch (which) {
  case implementation::libzmq:
    return "libzmq";
  case implementation::pyzmq:
    return "pyzmq";
  case implementation::jeromq:
    return "jeromq";
  case implementation::node:
    return "node";
  case implementation::raw:
    return "raw";
  }
  return "";
}

peer::peer(implementation which)
  : process_(command_line(which)), name_(name_of(which)) {
}

void peer::tell(const json& command) {
  process_.write_line(command.dump());
}

json peer::next(std::chrono::milliseconds limit) {
  const auto line = process_.read_line(limit);
  auto event = json::parse(line);
  if (event.at("event") == "error")
    throw std::runtime_error("peer " + name_ + ": " + line);
  return event;
}

json peer::ask(const json& command, std::chrono::milliseconds limit) {
  tell(command);
  return next(limit);
}

void peer::open(const std::string& type, const json& options) {
  ask({{"do", "open"}, {"type", type}, {"options", options}});
}

std::string peer::bind(const std::string& endpoint) {
  return ask({{"do", "bind"}, {"endpoint", endpoint}}).at("endpoint");
}

void peer::connect(const std::string& endpoint) {
  ask({{"do", "connect"}, {"endpoint", endpoint}});
}

void peer::start_send(const traffic& what) {
  tell({{"do", "send"},
        {"count", what.count},
        {"sizes", what.sizes},
        {"frames", what.frames},
        {"first", what.first}});
}

std::uint32_t peer::sent(std::chrono::milliseconds limit) {
  return next(limit).at("crc");
}

void peer::start_recv(std::uint64_t count) {
  tell({{"do", "recv"}, {"count", count}});
}

std::uint32_t peer::received(std::chrono::milliseconds limit) {
  return next(limit).at("crc");
}

} // namespace zmqrt::test
