// SPDX-License-Identifier: MPL-2.0
//
// What a connection costs that says nothing: 10,000 of them, handshaken, into
// one PULL, take at most 8 KiB of resident memory each. Then each of them
// delivers a message.

#include <cstring>
#include <fstream>
#include <vector>

#include <sys/resource.h>
#include <unistd.h>

#include "tests/support/backends.hpp"
#include "tests/support/process.hpp"
#include "zmqrt/zmqrt.hpp"

namespace zmqrt::test {

namespace {

constexpr std::size_t connections = 10'000;
constexpr std::size_t allowed_bytes = 8 * 1024;
constexpr std::chrono::seconds patience{60};

std::size_t resident_bytes() {
  std::size_t size = 0;
  std::size_t resident = 0;
  std::ifstream{"/proc/self/statm"} >> size >> resident;
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

/// A descriptor each, and some.
void require_descriptors() {
  rlimit limit{};
  REQUIRE(getrlimit(RLIMIT_NOFILE, &limit) == 0);
  limit.rlim_cur = limit.rlim_max;
  REQUIRE(setrlimit(RLIMIT_NOFILE, &limit) == 0);
  REQUIRE(limit.rlim_cur > connections + 200);
}

process open_connections(const std::string& endpoint, std::size_t n) {
  const auto port = endpoint.substr(endpoint.rfind(':') + 1);
  return process{{ZMQRT_MANY_CONNECTIONS, port, std::to_string(n)}};
}

/// One message from each connection, in whatever order.
void require_all_numbers(socket& pull, process& from, std::size_t n) {
  from.write_line("send");
  REQUIRE(from.read_line(patience) == "sent");
  std::vector<bool> seen(n);
  for (std::size_t i = 0; i < n; ++i) {
    const auto got = pull.recv();
    std::uint32_t number = 0;
    REQUIRE(got.bytes() == sizeof number);
    std::memcpy(&number, got[0].data(), sizeof number);
    REQUIRE(number < n);
    REQUIRE_FALSE(seen[number]);
    seen[number] = true;
  }
}

} // namespace

TEST_CASE("idle connections: at most 8 KiB each, and all of them work") {
  const auto backend = GENERATE(from_range(backends()));
  CAPTURE(name_of(backend));
  require_descriptors();
  auto ctx = make_context(backend);
  auto pull = ctx.socket(socket_type::pull);
  pull.set(option::rcvtimeo, patience);
  const auto endpoint = pull.bind("tcp://127.0.0.1:*");
  // What the first ones need is not counted: code, pools, thread stacks.
  auto first = open_connections(endpoint, 10);
  REQUIRE(first.read_line(patience) == "ready");
  require_all_numbers(pull, first, 10);
  const auto before = resident_bytes();
  auto many = open_connections(endpoint, connections);
  REQUIRE(many.read_line(patience) == "ready");
  const auto each = (resident_bytes() - before) / connections;
  WARN("resident bytes per idle connection on " << name_of(backend) << ": "
                                                << each);
  CHECK(each <= allowed_bytes);
  require_all_numbers(pull, many, connections);
}

} // namespace zmqrt::test
