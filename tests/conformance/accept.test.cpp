// SPDX-License-Identifier: MPL-2.0
//
// Listening, accepting and dialing: refusals, shortages, and who gets which
// address.

#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/conformance/bed.hpp"
#include "transports/posix/stream_socket.hpp"

using namespace conformance;

namespace {

/// Lets the process open no further file.
class no_more_files {
public:
  no_more_files() {
    getrlimit(RLIMIT_NOFILE, &before_);
    const int next = dup(0); // the lowest that is free
    ::close(next);
    auto fewer = before_;
    fewer.rlim_cur = static_cast<rlim_t>(next);
    setrlimit(RLIMIT_NOFILE, &fewer);
  }
  ~no_more_files() {
    setrlimit(RLIMIT_NOFILE, &before_);
  }
  no_more_files(const no_more_files&) = delete;

private:
  rlimit before_{};
};

descriptor plain_client(const address& where) {
  auto opened = open_stream_socket(where.family());
  REQUIRE(opened);
  const auto status = ::connect(opened->get(), where.raw(), where.size());
  REQUIRE((status == 0 || errno == EINPROGRESS));
  return std::move(*opened);
}

} // namespace

TEST_CASE("running out of files stops accepting until it is resumed") {
  IN_EVERY_SETTING(where);
  bed in{where};
  accept_log accepted{in};
  auto door = in.listen();
  std::vector<descriptor> clients;
  for (int i = 0; i < 3; ++i)
    clients.push_back(plain_client(door->local()));
  {
    const no_more_files shortage;
    door->start(accepted);
    in.until([&] { return !accepted.failures.empty(); });
    CHECK(accepted.failures.front() == errc::too_many_open);
    in.settle();
    CHECK(accepted.failures.size() == 1); // quiet until resumed
    door->resume();
    in.until([&] { return accepted.failures.size() == 2; });
  }
  door->resume();
  in.until([&] { return accepted.connections.size() == 3; });
  CHECK(accepted.failures.size() == 2);
  in.close(*door, accepted);
}

TEST_CASE("a place is taken, and free again once its acceptor is closed") {
  IN_EVERY_SETTING(where);
  bed in{where};
  accept_log accepted{in};
  auto door = in.listen();
  const auto place = door->local();
  door->start(accepted);
  const auto taken = in.loop().listen(place, {});
  CHECK(taken.code() == errc::address_in_use);
  { // a connection that once was does not keep it
    dial_log dialed{in};
    auto dial = in.loop().dial(place, {});
    dial->start(dialed);
    in.until(
      [&] { return dialed.connection && accepted.connections.size() == 1; });
    side first{in};
    side second{in};
    first.take(std::move(accepted.connections.front()));
    second.take(std::move(dialed.connection));
    first.finish();
    second.finish();
  }
  in.close(*door, accepted);
  CHECK(in.loop().listen(place, {}));
}

TEST_CASE("nobody listens: the dial fails") {
  IN_EVERY_SETTING(where);
  bed in{where};
  auto place = in.place();
  if (where.kind == scheme::tcp) {
    auto door = in.loop().listen(place, {});
    REQUIRE(door);
    place = (*door)->local(); // and gone
  }
  dial_log dialed{in};
  auto dial = in.loop().dial(place, {});
  dial->start(dialed);
  CHECK(dialed.outcomes == 0); // not from within the call
  in.until([&] { return dialed.outcomes == 1; });
  const auto expected = where.kind == scheme::ipc ? ENOENT : ECONNREFUSED;
  CHECK(dialed.failure.value() == expected);
  CHECK_FALSE(dialed.connection);
}

TEST_CASE("a dial that is closed says only that") {
  IN_EVERY_SETTING(where);
  bed in{where};
  auto door = in.listen({.backlog = 0, .ipv6_only = false, .stream = {}});
  // Nobody accepts: after these, a tcp connect is left waiting.
  std::vector<descriptor> queue;
  for (int i = 0; where.kind == scheme::tcp && i < 4; ++i)
    queue.push_back(plain_client(door->local()));
  dial_log dialed{in};
  auto dial = in.loop().dial(door->local(), {});
  dial->start(dialed);
  if (where.kind == scheme::tcp) {
    in.settle();
    REQUIRE(dialed.outcomes == 0);
  }
  dial->close();
  CHECK(dialed.outcomes == 0);
  in.until([&] { return dialed.outcomes == 1; });
  CHECK(dialed.closed);
  in.settle();
  CHECK(dialed.outcomes == 1);
}

TEST_CASE("each side knows both addresses") {
  IN_EVERY_SETTING(where);
  bed in{where};
  accept_log accepted{in};
  auto door = in.listen();
  door->start(accepted);
  dial_options options;
  if (where.kind == scheme::tcp)
    options.source = *address::tcp("127.0.0.2", 0);
  dial_log dialed{in};
  auto dial = in.loop().dial(door->local(), options);
  dial->start(dialed);
  in.until(
    [&] { return dialed.connection && accepted.connections.size() == 1; });
  const auto& far = *accepted.connections.front();
  CHECK((dialed.connection->remote() == door->local()));
  CHECK((far.local() == door->local()));
  CHECK((dialed.connection->local() == far.remote()));
  if (where.kind == scheme::tcp) {
    CHECK(far.remote().host() == "127.0.0.2");
    CHECK(door->local().port() != 0);
  }
  in.close(*door, accepted);
}

TEST_CASE("an acceptor may be closed by its callback, and at once") {
  IN_EVERY_SETTING(where);
  bed in{where};
  accept_log accepted{in};
  auto door = in.listen();
  door->start(accepted);
  door->close();
  CHECK_FALSE(accepted.closed);
  in.until([&] { return accepted.closed; });

  accept_log closing{in};
  auto second = in.listen();
  closing.then = [&] { second->close(); };
  second->start(closing);
  const auto one = plain_client(second->local());
  const auto two = plain_client(second->local());
  in.until([&] { return closing.closed; });
  CHECK(closing.connections.size() == 1);
}

TEST_CASE("tcp: addresses that are not ours are refused") {
  const auto backend = GENERATE(from_range(backends()));
  CAPTURE(backend);
  bed in{{backend, scheme::tcp}};
  const auto foreign = *address::tcp("192.0.2.1", 0);
  CHECK(in.loop().listen(foreign, {}).code() == errc::address_not_available);
  dial_options options;
  options.source = foreign;
  dial_log dialed{in};
  auto dial = in.loop().dial(*address::tcp("127.0.0.1", 9), options);
  dial->start(dialed);
  in.until([&] { return dialed.outcomes == 1; });
  CHECK(dialed.failure == errc::address_not_available);
}

TEST_CASE("tcp: IPv6 carries bytes, and IPv4 where it may") {
  const auto backend = GENERATE(from_range(backends()));
  const bool only = GENERATE(true, false);
  CAPTURE(backend, only);
  bed in{{backend, scheme::tcp}};
  auto door = in.loop().listen(
    *address::tcp("::", 0), {.backlog = 10, .ipv6_only = only, .stream = {}});
  if (!door && door.code().value() == EAFNOSUPPORT)
    return; // a machine without IPv6
  REQUIRE(door);
  accept_log accepted{in};
  (*door)->start(accepted);
  const auto attempt = [&](const char* host) {
    dial_log dialed{in};
    auto dial =
      in.loop().dial(*address::tcp(host, (*door)->local().port()), {});
    dial->start(dialed);
    in.until([&] { return dialed.outcomes == 1; });
    return dialed.failure;
  };
  CHECK_FALSE(attempt("::1"));
  CHECK((attempt("127.0.0.1") == errc::connection_refused) == only);
  in.until([&] { return accepted.connections.size() == (only ? 1u : 2u); });
  in.close(**door, accepted);
}
