// SPDX-License-Identifier: MPL-2.0

#include "transports/posix/stream_socket.hpp"

#include <cerrno>
#include <string>

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include "tests/support/catch.hpp"
#include "transports/posix/listening_socket.hpp"

using namespace zmqrt;
using namespace zmqrt::transports;

namespace {

int get(int fd, int level, int name) {
  int value = -1;
  socklen_t size = sizeof(value);
  REQUIRE(getsockopt(fd, level, name, &value, &size) == 0);
  return value;
}

std::string congestion(int fd) {
  char name[16] = {};
  socklen_t size = sizeof(name);
  REQUIRE(getsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, name, &size) == 0);
  return name;
}

struct tcp_pair {
  explicit tcp_pair(const char* where, const stream_options& options) {
    auto door = listening_socket::open(
      *address::tcp(where, 0),
      {.backlog = 4, .ipv6_only = false, .stream = options});
    REQUIRE(door);
    const auto target = *address::tcp("127.0.0.1", door->local().port());
    auto dialed = open_dial_socket(target, {.source = {}, .stream = options});
    REQUIRE(dialed);
    near = std::move(*dialed);
    const auto status = ::connect(near.get(), target.raw(), target.size());
    REQUIRE((status == 0 || errno == EINPROGRESS));
    pollfd ready{door->fd(), POLLIN, 0};
    REQUIRE(poll(&ready, 1, 20'000) == 1);
    far = descriptor{::accept4(door->fd(), nullptr, nullptr, SOCK_CLOEXEC)};
    REQUIRE(far);
    tune_accepted(far.get(), door->local(), remote_address(far.get()), options);
  }
  descriptor near;
  descriptor far;
};

} // namespace

TEST_CASE("both ends of a connection carry the options") {
  const auto* where = GENERATE("127.0.0.1", "0.0.0.0");
  CAPTURE(where);
  stream_options options;
  options.tcp_keepalive = 1;
  options.tcp_keepalive_cnt = 3;
  options.tcp_keepalive_idle = 11;
  options.tcp_keepalive_intvl = 7;
  options.tcp_maxrt = 12'345;
  options.tos = 0x10;
  options.priority = 2;
  options.rcvbuf = 100'000;
  options.sndbuf = 90'000;
  const tcp_pair pair{where, options};
  for (const auto* end : {&pair.near, &pair.far}) {
    const auto fd = end->get();
    CHECK(get(fd, IPPROTO_TCP, TCP_NODELAY) != 0);
    CHECK(get(fd, SOL_SOCKET, SO_KEEPALIVE) == 1);
    CHECK(get(fd, IPPROTO_TCP, TCP_KEEPCNT) == 3);
    CHECK(get(fd, IPPROTO_TCP, TCP_KEEPIDLE) == 11);
    CHECK(get(fd, IPPROTO_TCP, TCP_KEEPINTVL) == 7);
    CHECK(get(fd, IPPROTO_TCP, TCP_USER_TIMEOUT) == 12'345);
    CHECK(get(fd, IPPROTO_IP, IP_TOS) == 0x10);
    CHECK(get(fd, SOL_SOCKET, SO_PRIORITY) == 2);
    CHECK(get(fd, SOL_SOCKET, SO_RCVBUF) == 200'000); // the kernel doubles
    CHECK(get(fd, SOL_SOCKET, SO_SNDBUF) == 180'000);
    CHECK(congestion(fd) == "reno");
    CHECK((fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
  }
}

TEST_CASE("SO_BUSY_POLL is set where the kernel grants it") {
  auto probe = open_stream_socket(AF_INET);
  REQUIRE(probe);
  const int wanted = 33;
  const bool granted =
    setsockopt(probe->get(), SOL_SOCKET, SO_BUSY_POLL, &wanted, sizeof(wanted))
    == 0;
  int fallback = 0;
  socklen_t size = sizeof(fallback);
  if (getsockopt(probe->get(), SOL_SOCKET, SO_BUSY_POLL, &fallback, &size) != 0)
    return; // a kernel without it
  stream_options options;
  options.busy_poll = wanted;
  const tcp_pair pair{"127.0.0.1", options};
  for (const auto* end : {&pair.near, &pair.far})
    CHECK(get(end->get(), SOL_SOCKET, SO_BUSY_POLL)
          == (granted ? wanted : fallback));
}

TEST_CASE("a congestion control that is asked for is taken") {
  stream_options options;
  options.tcp_congestion = "cubic";
  const tcp_pair pair{"0.0.0.0", options};
  CHECK(congestion(pair.near.get()) == "cubic");
  CHECK(congestion(pair.far.get()) == "cubic");
}

TEST_CASE("a socket that met itself was refused") {
  auto opened = open_stream_socket(AF_INET);
  REQUIRE(opened);
  const auto* host = GENERATE("127.0.0.1", "0.0.0.0");
  CAPTURE(host);
  const auto any = *address::tcp(host, 0);
  REQUIRE(bind(opened->get(), any.raw(), any.size()) == 0);
  const auto self = local_address(opened->get());
  // Whether the handshake with itself is over at once is the kernel's affair.
  const auto status = connect(opened->get(), self.raw(), self.size());
  REQUIRE((status == 0 || errno == EINPROGRESS));
  pollfd ready{opened->get(), POLLOUT, 0};
  REQUIRE(poll(&ready, 1, 20'000) == 1);
  // It did meet itself.
  REQUIRE(remote_address(opened->get()) == local_address(opened->get()));
  CHECK(connect_outcome(opened->get(), self) == errc::connection_refused);
}

TEST_CASE("a device that does not exist is an error") {
  stream_options options;
  options.bind_to_device = "no-such-device";
  const auto door = listening_socket::open(
    *address::tcp("127.0.0.1", 0),
    {.backlog = 1, .ipv6_only = false, .stream = options});
  CHECK_FALSE(door);
}

TEST_CASE("a congestion control that does not exist is an error, on tcp") {
  stream_options options;
  options.tcp_congestion = "no-such-name";
  const listen_options listening{
    .backlog = 1, .ipv6_only = false, .stream = options};
  const auto where = *address::tcp("127.0.0.1", 0);
  CHECK(listening_socket::open(where, listening).code()
        == errc::invalid_argument);
  const auto dialed = open_dial_socket(*address::tcp("127.0.0.1", 1),
                                       {.source = {}, .stream = options});
  CHECK(dialed.code() == errc::invalid_argument);
}

TEST_CASE("accept errors of one connection are told from shortages") {
  for (int transient : {EINTR, ECONNABORTED, EPROTO, EPERM, ENETDOWN})
    CHECK(is_transient_accept_error(transient));
  for (int shortage : {EMFILE, ENFILE, ENOBUFS, ENOMEM})
    CHECK_FALSE(is_transient_accept_error(shortage));
}
