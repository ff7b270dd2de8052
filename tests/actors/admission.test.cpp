// SPDX-License-Identifier: MPL-2.0
//
// Whom a bound endpoint lets in, and endpoints on descriptors that somebody
// else has bound: the filters and USE_FD of zmq_setsockopt(3).

#include <functional>
#include <string>

#include <fcntl.h>

#include "tests/actors/fixture.hpp"
#include "tests/actors/raw_peer.hpp"

namespace zmqrt::test {

namespace {

using kind = event_kind;

/// A filter that this process matches, or not, for the place's transport.
void filter(socket& on, const std::string& transport, bool ours) {
  if (transport == "tcp")
    on.set(option::tcp_accept_filter, ours ? "127.0.0.0/8" : "192.0.2.0/24");
  else
    on.set(option::ipc_filter_pid, ours ? ::getpid() : 1);
}

void clear_filters(socket& on) {
  on.set(option::tcp_accept_filter, "");
  on.set_raw(option::ipc_filter_pid.id, {});
}

/// A listening socket by hand; `endpoint` is where it listens.
struct foreign_listener {
  explicit foreign_listener(scene& it) {
    if (it.transport == "tcp") {
      sockaddr_in where{};
      where.sin_family = AF_INET;
      where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
      open(AF_INET, where);
      socklen_t size = sizeof(where);
      REQUIRE(::getsockname(fd, reinterpret_cast<sockaddr*>(&where), &size)
              == 0);
      endpoint = "tcp://127.0.0.1:" + std::to_string(ntohs(where.sin_port));
    } else {
      endpoint = it.fresh();
      sockaddr_un where{};
      where.sun_family = AF_UNIX;
      endpoint.substr(6).copy(where.sun_path, sizeof(where.sun_path) - 1);
      open(AF_UNIX, where);
    }
  }
  foreign_listener(const foreign_listener&) = delete;

  [[nodiscard]] bool is_open() const {
    return ::fcntl(fd, F_GETFD) >= 0;
  }

  int fd = -1;
  std::string endpoint;

private:
  template <class Address>
  void open(int family, const Address& where) {
    fd = ::socket(family, SOCK_STREAM, 0);
    REQUIRE(fd >= 0);
    REQUIRE(::bind(fd, reinterpret_cast<const sockaddr*>(&where), sizeof(where))
            == 0);
    REQUIRE(::listen(fd, 8) == 0);
  }
};

} // namespace

TEST_CASE("admission: who matches no filter is closed at once") {
  ON_EVERY(where, wires());
  scene it{where};
  auto pull = it.pull();
  filter(pull, it.transport, false);
  auto events = pull.monitor();
  const auto closed_door = pull.bind(it.fresh());
  expect(events, kind::listening);
  const raw_peer peer{closed_door};
  const auto refused = expect(events, kind::accept_failed);
  REQUIRE(refused.value == EACCES);
  REQUIRE(refused.local == closed_door);
  REQUIRE(peer.read_to_end() == 0); // not even a greeting
  // Any filter that matches does; those of a bound endpoint stay as they are.
  filter(pull, it.transport, true);
  const auto open_door = pull.bind(it.fresh());
  expect(events, kind::listening);
  auto push = it.push_to(open_door);
  require_passes(push, pull, "x");
  const raw_peer again{closed_door};
  await(events, kind::accept_failed);
  clear_filters(pull);
  auto anyone = it.push_to(pull);
  require_passes(anyone, pull, "y");
}

TEST_CASE("admission: a filter's other side looks for another way") {
  ON_EVERY(where, wires());
  scene it{where};
  auto pull = it.pull();
  filter(pull, it.transport, false);
  auto push = it.eager_push();
  auto events = push.monitor();
  push.connect(pull.bind(it.fresh()));
  for (int i = 0; i < 3; ++i)
    await(events, kind::connect_retried);
}

TEST_CASE("admission: by source address") {
  ON_EVERY(where, over_tcp());
  scene it{where};
  auto pull = it.pull();
  pull.set(option::tcp_accept_filter, "127.0.0.2");
  pull.set(option::tcp_accept_filter, "127.0.1.0/24");
  auto events = pull.monitor();
  const auto port = port_of(pull.bind("tcp://*:*"));
  for (const std::string source : {"127.0.0.2", "127.0.1.77"}) {
    auto push = it.push_to("tcp://" + source + ":*;127.0.0.1:" + port);
    require_passes(push, pull, source);
  }
  auto push = it.push_to("tcp://127.0.0.3:*;127.0.0.1:" + port);
  const auto refused = await(events, kind::accept_failed);
  REQUIRE(refused.remote.starts_with("tcp://127.0.0.3:"));
}

TEST_CASE("admission: uid and gid") {
  ON_EVERY(where, places_of({"ipc"}));
  scene it{where};
  auto pull = it.pull();
  const auto id =
    GENERATE(option::ipc_filter_uid.id, option::ipc_filter_gid.id);
  const auto ours = id == option::ipc_filter_uid.id ? ::geteuid() : ::getegid();
  const auto add = [&](std::uint32_t number) {
    pull.set_raw(id, std::as_bytes(std::span{&number, 1}));
  };
  add(ours + 1);
  auto events = pull.monitor();
  const raw_peer peer{pull.bind(it.fresh())};
  await(events, kind::accept_failed);
  add(ours);
  auto push = it.push_to(pull);
  require_passes(push, pull, "x");
}

TEST_CASE("use_fd: a bind takes over what listens already") {
  ON_EVERY(where, wires());
  scene it{where};
  const foreign_listener given{it};
  auto pull = it.pull();
  auto events = pull.monitor();
  pull.set(option::use_fd, given.fd);
  REQUIRE(pull.get(option::use_fd) == given.fd);
  REQUIRE(pull.bind(it.transport == "tcp" ? "tcp://*:*" : "ipc://*")
          == given.endpoint);
  REQUIRE(expect(events, kind::listening).local == given.endpoint);
  auto push = it.push_to(given.endpoint);
  require_passes(push, pull, "x");
  // For that bind alone.
  REQUIRE(pull.get(option::use_fd) == -1);
  auto other = it.push_to(pull);
  require_passes(other, pull, "y");
  pull.unbind(given.endpoint);
  REQUIRE_FALSE(given.is_open());
}

TEST_CASE("use_fd: a file is left to whoever made it") {
  ON_EVERY(where, places_of({"ipc"}));
  scene it{where};
  const foreign_listener given{it};
  auto pull = it.pull();
  pull.set(option::use_fd, given.fd);
  pull.bind(given.endpoint);
  pull.close();
  REQUIRE(::access(given.endpoint.substr(6).c_str(), F_OK) == 0);
}

TEST_CASE("use_fd: what does not listen is an error of the set") {
  ON_EVERY(where, wires());
  scene it{where};
  auto pull = it.pull();
  const auto refuses = [&](int fd) {
    REQUIRE(code_of([&] { pull.set(option::use_fd, fd); })
            == errc::invalid_argument);
    REQUIRE(code_of([&] {
              pull.set_raw(option::use_fd.id, std::as_bytes(std::span{&fd, 1}));
            })
            == errc::invalid_argument);
    REQUIRE(pull.get(option::use_fd) == -1);
  };
  refuses(-2);
  refuses(1'000'000);
  const int file = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  refuses(file);
  ::close(file);
  refuses(file);
}

TEST_CASE("use_fd: a bind that fails leaves it to the application") {
  ON_EVERY(where, wires());
  scene it{where};
  const foreign_listener given{it};
  auto pull = it.pull();
  pull.set(option::use_fd, given.fd);
  REQUIRE(
    code_of([&] { pull.bind(it.transport == "tcp" ? "ipc://*" : "tcp://*:*"); })
    == errc::invalid_argument);
  REQUIRE(given.is_open());
  REQUIRE(pull.get(option::use_fd) == given.fd);
  // inproc has no use for it, nor has a connect.
  pull.bind("inproc://here");
  auto push = it.push();
  push.set(option::use_fd, given.fd);
  auto elsewhere = it.pull();
  push.connect(elsewhere.bind(it.fresh()));
  require_passes(push, elsewhere, "x");
  REQUIRE(given.is_open());
  ::close(given.fd);
}

} // namespace zmqrt::test
