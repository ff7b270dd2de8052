// SPDX-License-Identifier: MPL-2.0
//
// Listening sockets that are taken over, and who connects to unix ones.

#include "transports/posix/listening_socket.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/support/catch.hpp"
#include "transports/posix/peer_credentials.hpp"
#include "transports/posix/stream_socket.hpp"

using namespace zmqrt;
using namespace zmqrt::transports;

namespace {

const address any_tcp = *address::tcp("127.0.0.1", 0);

address any_ipc() {
  static int last = 0;
  return *address::ipc("zmqrt-unit-" + std::to_string(getpid()) + '-'
                         + std::to_string(++last),
                       true);
}

/// Made by somebody else: blocking, and inherited by children.
descriptor foreign(const address& where, bool listening = true) {
  descriptor out{::socket(where.family(), SOCK_STREAM, 0)};
  REQUIRE(out);
  REQUIRE(::bind(out.get(), where.raw(), where.size()) == 0);
  if (listening)
    REQUIRE(::listen(out.get(), 4) == 0);
  return out;
}

/// Its number, kept by nobody.
int let_go(descriptor which) {
  const int kept = ::dup(which.get());
  which.close();
  return kept;
}

result<listening_socket> take_over(int fd, const address& where) {
  listen_options options;
  options.use_fd = fd;
  return listening_socket::open(where, options);
}

bool is_open(int fd) {
  return fcntl(fd, F_GETFD) >= 0;
}

} // namespace

TEST_CASE("a foreign listening socket is taken over, and closed in the end") {
  const bool ipc = GENERATE(false, true);
  const auto where = ipc ? any_ipc() : any_tcp;
  const int fd = let_go(foreign(where));
  const auto bound = local_address(fd);
  {
    auto taken = take_over(fd, ipc ? any_ipc() : any_tcp);
    REQUIRE(taken);
    REQUIRE(taken->fd() == fd);
    REQUIRE(taken->local() == bound);
    REQUIRE((fcntl(fd, F_GETFL) & O_NONBLOCK) != 0);
    REQUIRE((fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
    taken->close();
  }
  REQUIRE_FALSE(is_open(fd));
}

TEST_CASE("what does not listen is refused, and left alone") {
  const auto rule = [](int fd, const address& where = any_tcp) {
    const auto taken = take_over(fd, where);
    REQUIRE_FALSE(taken);
    REQUIRE(taken.code() == errc::invalid_argument);
    return taken.why().rule;
  };
  const std::string wrong =
    "the descriptor is not a listening socket of tcp or ipc";
  REQUIRE(rule(1'000'000) == "the descriptor is not open");
  const auto bound = foreign(any_tcp, false);
  REQUIRE(rule(bound.get()) == wrong);
  const descriptor file{::open("/dev/null", O_RDONLY | O_CLOEXEC)};
  REQUIRE(rule(file.get()) == wrong);
  const descriptor datagrams{::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
  REQUIRE(rule(datagrams.get()) == wrong);
  const descriptor packets{::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0)};
  const auto name = any_ipc();
  REQUIRE(::bind(packets.get(), name.raw(), name.size()) == 0);
  REQUIRE(::listen(packets.get(), 1) == 0);
  REQUIRE(rule(packets.get(), any_ipc()) == wrong);
  const auto listening = foreign(any_tcp);
  REQUIRE(rule(listening.get(), any_ipc())
          == "the descriptor of use_fd is of another transport");
  for (const auto* each : {&bound, &file, &datagrams, &listening})
    REQUIRE(is_open(each->get()));
  REQUIRE((fcntl(listening.get(), F_GETFL) & O_NONBLOCK) == 0);
}

TEST_CASE("the kernel knows who connects to a unix socket") {
  const auto where = any_ipc();
  const auto door = foreign(where);
  const descriptor near{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  REQUIRE(::connect(near.get(), where.raw(), where.size()) == 0);
  const descriptor far{::accept4(door.get(), nullptr, nullptr, SOCK_CLOEXEC)};
  REQUIRE(far);
  const auto who = peer_credentials_of(far.get());
  REQUIRE(who);
  CHECK(who->pid == getpid());
  CHECK(who->uid == geteuid());
  CHECK(who->gid == getegid());
  std::vector<gid_t> groups(static_cast<std::size_t>(getgroups(0, nullptr)));
  REQUIRE(getgroups(static_cast<int>(groups.size()), groups.data()) >= 0);
  CHECK(who->groups == groups);
  CHECK_FALSE(peer_credentials_of(foreign(any_tcp).get()));
}
