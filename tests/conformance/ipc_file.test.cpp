// SPDX-License-Identifier: MPL-2.0
//
// The file of an ipc endpoint: taken over, kept, removed.

#include "transports/posix/ipc_file.hpp"

#include <filesystem>
#include <fstream>

#include <sys/socket.h>

#include "tests/conformance/bed.hpp"
#include "transports/posix/stream_socket.hpp"

using namespace conformance;
namespace fs = std::filesystem;

namespace {

/// What a process leaves behind that died while it listened.
void leave_stale(const address& where) {
  auto dead = open_stream_socket(AF_UNIX);
  REQUIRE(dead);
  REQUIRE(bind(dead->get(), where.raw(), where.size()) == 0);
  REQUIRE(listen(dead->get(), 1) == 0);
}

} // namespace

TEST_CASE("ipc: a file left by the dead is taken over") {
  const auto backend = GENERATE(from_range(backends()));
  CAPTURE(backend);
  bed in{{backend, scheme::ipc}};
  const auto place = in.place();
  leave_stale(place);
  REQUIRE(fs::is_socket(place.host()));
  accept_log accepted{in};
  auto door = in.loop().listen(place, {});
  REQUIRE(door);
  (*door)->start(accepted);
  dial_log dialed{in};
  auto dial = in.loop().dial(place, {});
  dial->start(dialed);
  in.until([&] { return dialed.connection != nullptr; });
  in.close(**door, accepted);
  CHECK_FALSE(fs::exists(place.host()));
}

TEST_CASE("ipc: what is no socket is never removed") {
  const auto backend = GENERATE(from_range(backends()));
  CAPTURE(backend);
  bed in{{backend, scheme::ipc}};
  const auto place = in.place();
  std::ofstream{place.host()} << "precious";
  CHECK(in.loop().listen(place, {}).code() == errc::address_in_use);
  CHECK(fs::file_size(place.host()) == 8);
}

TEST_CASE("ipc: a file that another has put there is left alone") {
  const auto backend = GENERATE(from_range(backends()));
  CAPTURE(backend);
  bed in{{backend, scheme::ipc}};
  const auto place = in.place();
  accept_log accepted{in};
  auto first = in.loop().listen(place, {});
  REQUIRE(first);
  (*first)->start(accepted);
  fs::remove(place.host());
  auto second = in.loop().listen(place, {});
  REQUIRE(second);
  in.close(**first, accepted);
  CHECK(fs::is_socket(place.host()));
  second = errc::again; // destroyed, never started
  CHECK_FALSE(fs::exists(place.host()));
}

TEST_CASE("ipc: while another takes the file over, it is in use") {
  bed in{{"epoll", scheme::ipc}};
  const auto place = in.place();
  leave_stale(place);
  const ipc_bind_lock other{place};
  REQUIRE(other.held());
  CHECK(in.loop().listen(place, {}).code() == errc::address_in_use);
  CHECK(fs::is_socket(place.host()));
}

TEST_CASE(
  "ipc: a socket that is bound and does not listen yet is no stale one") {
  bed in{{"epoll", scheme::ipc}};
  const auto place = in.place();
  auto slow = open_stream_socket(AF_UNIX);
  REQUIRE(slow);
  REQUIRE(bind(slow->get(), place.raw(), place.size()) == 0);
  CHECK(in.loop().listen(place, {}).code() == errc::address_in_use);
}

TEST_CASE("ipc: folders that do not exist are named so") {
  bed in{{"epoll", scheme::ipc}};
  const auto place = *address::ipc(in.place().host() + "/none/x", false);
  CHECK(in.loop().listen(place, {}).code().value() == ENOENT);
}
