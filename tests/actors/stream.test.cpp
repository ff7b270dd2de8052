// SPDX-License-Identifier: MPL-2.0
//
// STREAM, and ROUTER with ROUTER_RAW, among plain sockets: who comes and goes,
// what is said, and how it ends. On tcp and ipc, both backends.

#include <set>

#include "tests/actors/fixture.hpp"
#include "tests/actors/raw_peer.hpp"
#include "tests/support/eventually.hpp"

namespace zmqrt::test {

namespace {

/// What a STREAM receives: of whom, and what.
struct heard {
  std::string id;
  std::string bytes;
};

heard hear(socket& stream) {
  const auto got = stream.recv();
  REQUIRE(got.size() == 2);
  REQUIRE(got[0].size() == 5);
  return {std::string{got[0].view()}, std::string{got[1].view()}};
}

/// The next that is received are no bytes at all: somebody has come or gone.
std::string hear_notice(socket& stream) {
  const auto got = hear(stream);
  CHECK(got.bytes.empty());
  return got.id;
}

/// Receives so many bytes of one peer, in whatever pieces.
std::string hear_bytes(socket& stream, const std::string& id,
                       std::size_t size) {
  std::string all;
  while (all.size() < size) {
    const auto next = hear(stream);
    REQUIRE(next.id == id);
    REQUIRE_FALSE(next.bytes.empty());
    all += next.bytes;
  }
  return all;
}

message to(const std::string& id, std::string_view bytes) {
  message made{std::string_view{id}};
  made.push_back(bytes);
  return made;
}

std::error_code sending(socket& stream, const std::string& id,
                        std::string_view bytes) {
  return code_of([&] { stream.send(to(id, bytes)); });
}

/// A plain server for our connects.
std::string plain_endpoint(scene& it) {
  return it.transport == "tcp" ? "tcp://127.0.0.1:0" : it.fresh();
}

socket eager(scene& it, socket_type type = socket_type::stream) {
  auto made = it.open(type);
  made.set(option::reconnect_ivl, milliseconds{1});
  return made;
}

} // namespace

TEST_CASE("stream: an HTTP exchange, and a close that loses nothing") {
  ON_EVERY(where, wires());
  scene it{where};
  auto server = it.open(socket_type::stream);
  const raw_peer client{server.bind(it.fresh())};
  const std::string request = "GET / HTTP/1.0\r\n\r\n";
  REQUIRE(client.write(request));
  const auto id = hear_notice(server);
  CHECK(hear_bytes(server, id, request.size()) == request);
  // More than the kernel takes at once.
  const std::string page =
    "HTTP/1.0 200 OK\r\n\r\n" + std::string(10'000'000, 'x');
  server.send(to(id, page));
  server.send(to(id, ""));
  CHECK(client.read(page.size()) == page);
  CHECK(client.reads_end());
  CHECK(sending(server, id, "x") == errc::host_unreachable);
}

TEST_CASE("stream: who has sent more than was read is hung up on in order") {
  ON_EVERY(where, wires());
  scene it{where};
  auto server = it.open(socket_type::stream);
  server.set(option::rcvhwm, 1);
  const raw_peer client{server.bind(it.fresh())};
  REQUIRE(client.write(std::string(100'000, 'u'))); // nobody reads it all
  const auto id = hear_notice(server);
  CHECK_FALSE(hear(server).bytes.empty());
  server.send(to(id, "413 Too Much\r\n\r\n"));
  server.send(to(id, ""));
  CHECK(client.read(16) == "413 Too Much\r\n\r\n");
  CHECK(client.reads_end());
}

TEST_CASE("stream: bytes of every size come whole, in both directions") {
  ON_EVERY(where, wires());
  scene it{where};
  auto stream = it.open(socket_type::stream);
  raw_peer peer{stream.bind(it.fresh())};
  const auto id = hear_notice(stream);
  for (const std::size_t size : {1, 255, 256, 4095, 4096, 65'536, 1'000'000}) {
    const std::string bytes(size, 'x');
    stream.send(to(id, bytes));
    CHECK(peer.read(size) == bytes);
    std::thread writer([&] { peer.write(bytes); });
    const auto got = hear_bytes(stream, id, size);
    writer.join();
    CHECK(got == bytes);
  }
  std::string all;
  for (int i = 0; i < 1000; ++i) { // many small ones, written together
    const auto number = std::to_string(i) + ' ';
    stream.send(to(id, number));
    all += number;
  }
  CHECK(peer.read(all.size()) == all);
}

TEST_CASE("stream: a peer that goes is told of behind its last bytes") {
  ON_EVERY(where, wires());
  scene it{where};
  auto stream = it.open(socket_type::stream);
  auto events = stream.monitor();
  const auto endpoint = stream.bind(it.fresh());
  raw_peer peer{endpoint};
  const auto id = hear_notice(stream);
  REQUIRE(peer.write("last words"));
  peer.close();
  CHECK(hear_bytes(stream, id, 10) == "last words");
  CHECK(hear_notice(stream) == id);
  CHECK(sending(stream, id, "x") == errc::host_unreachable);
  // It comes back as another one.
  const raw_peer again{endpoint};
  const auto other = hear_notice(stream);
  CHECK(other != id);
  stream.send(to(other, "hi"));
  CHECK(again.read(2) == "hi");
  // No handshake, hence no event of one.
  expect_all(events, {event_kind::listening, event_kind::accepted,
                      event_kind::disconnected, event_kind::accepted});
}

TEST_CASE("stream: who is there is told by id, what was lost is counted") {
  ON_EVERY(where, wires());
  scene it{where};
  auto stream = it.open(socket_type::stream);
  stream.set(option::rcvhwm, 1);
  const raw_peer peer{stream.bind(it.fresh())};
  const auto id = hear_notice(stream);
  REQUIRE(peer.write("unread"));
  const auto peers = stream.peers();
  REQUIRE(peers.size() == 1);
  CHECK(peers.front().routing_id == id);
  CHECK(peers.front().protocol == "raw");
  CHECK(stream.peer_info(id).has_value());
  eventually_is([&] { return stream.statistics().to_receive; }, 1U);
  stream.send(to(id, ""));
  CHECK(stream.statistics().dropped.unwanted == 1);
  CHECK(stream.statistics().to_receive == 0);
  CHECK(stream.peers().empty());
  CHECK_FALSE(stream.peer_info(id).has_value());
}

TEST_CASE("stream: who sends to a slow peer that goes is told") {
  ON_EVERY(where, wires());
  scene it{where};
  auto stream = it.open(socket_type::stream);
  stream.set(option::sndhwm, 1);
  raw_peer peer{stream.bind(it.fresh())};
  const auto id = hear_notice(stream);
  const auto chunk = to(id, std::string(1'000'000, 'x'));
  while (stream.try_send(chunk)) {
  }
  std::error_code why;
  std::thread sender([&] {
    while (!why)
      why = code_of([&] { stream.send(chunk); });
  });
  peer.close();
  sender.join();
  CHECK(why == errc::host_unreachable);
}

TEST_CASE("stream: without STREAM_NOTIFY only bytes are heard") {
  ON_EVERY(where, wires());
  scene it{where};
  auto stream = it.open(socket_type::stream);
  CHECK(stream.get(option::stream_notify));
  stream.set(option::stream_notify, false);
  auto events = stream.monitor();
  raw_peer peer{stream.bind(it.fresh())};
  REQUIRE(peer.write("hello"));
  CHECK(hear(stream).bytes.starts_with("h"));
  peer.close();
  await(events, event_kind::disconnected);
  while (const auto rest = stream.try_recv())
    CHECK((*rest)[1].size() != 0);
}

TEST_CASE("stream: a connect knows its peer's id before it is there") {
  ON_EVERY(where, wires());
  scene it{where};
  const raw_server server{plain_endpoint(it)};
  auto stream = it.open(socket_type::stream);
  auto events = stream.monitor();
  const auto named = GENERATE(false, true);
  CAPTURE(named);
  if (named)
    stream.set(option::connect_routing_id, "serve");
  stream.connect(server.endpoint());
  const auto id = named ? "serve" : stream.get(option::routing_id);
  stream.send(to(id, "early"));
  const auto there = server.accept();
  CHECK(there.read(5) == "early");
  CHECK(hear_notice(stream) == id);
  REQUIRE(there.write("hello"));
  CHECK(hear_bytes(stream, id, 5) == "hello");
  expect_attempt(events, where);
  expect(events, event_kind::connected);
  if (!named)
    return;
  stream.set(option::connect_routing_id, "serve");
  CHECK(code_of([&] { stream.connect(server.endpoint()); })
        == errc::invalid_argument);
}

TEST_CASE(
  "stream: a connection made again gets nothing that was for the last") {
  ON_EVERY(where, wires());
  scene it{where};
  const raw_server server{plain_endpoint(it)};
  auto stream = eager(it);
  stream.connect(server.endpoint());
  const auto id = stream.get(option::routing_id);
  {
    const auto first = server.accept();
    CHECK(hear_notice(stream) == id);
    // Far more than it reads: half of some message is on its way when it goes.
    const auto large = to(id, std::string(3'000'000, 'o'));
    for (int i = 0; i < 10; ++i)
      stream.send(large);
    CHECK(first.read(1'000'000) == std::string(1'000'000, 'o'));
  }
  CHECK(hear_notice(stream) == id); // gone
  CHECK(hear_notice(stream) == id); // there again
  const auto second = server.accept();
  stream.send(to(id, "new"));
  CHECK(second.read(3) == "new");
  REQUIRE(second.write("news"));
  CHECK(hear_bytes(stream, id, 4) == "news");
}

TEST_CASE("stream: a connect that was hung up on is over") {
  ON_EVERY(where, wires());
  scene it{where};
  const raw_server server{plain_endpoint(it)};
  auto stream = eager(it);
  auto events = stream.monitor();
  stream.connect(server.endpoint());
  const auto id = stream.get(option::routing_id);
  stream.send(to(id, "hello and goodbye"));
  stream.send(to(id, ""));
  {
    const auto there = server.accept();
    CHECK(there.read(17) == "hello and goodbye");
    CHECK(there.reads_end());
  }
  await(events, event_kind::disconnected);
  CHECK_FALSE(server.has_client());
  CHECK(sending(stream, id, "x") == errc::host_unreachable);
  // It is no longer there to be disconnected.
  eventually_is(
    [&] { return code_of([&] { stream.disconnect(server.endpoint()); }); },
    make_error_code(errc::no_such_endpoint));
}

TEST_CASE("stream: a connect to nobody is over when it is hung up on") {
  ON_EVERY(where, wires());
  scene it{where};
  auto stream = eager(it);
  const auto endpoint = it.vacant();
  stream.connect(endpoint);
  stream.send(to(stream.get(option::routing_id), ""));
  eventually_is([&] { return code_of([&] { stream.disconnect(endpoint); }); },
                make_error_code(errc::no_such_endpoint));
}

TEST_CASE("stream: who disconnects is told nothing") {
  ON_EVERY(where, wires());
  scene it{where};
  const raw_server server{plain_endpoint(it)};
  auto stream = it.open(socket_type::stream);
  auto events = stream.monitor();
  stream.connect(server.endpoint());
  {
    const auto there = server.accept();
    const auto id = hear_notice(stream);
    stream.send(to(id, "bye"));
    stream.disconnect(server.endpoint());
    CHECK(there.read(3) == "bye");
    CHECK(there.reads_end());
  }
  await(events, event_kind::disconnected);
  CHECK_FALSE(stream.try_recv());
}

TEST_CASE("stream: two of ours, and what IMMEDIATE changes") {
  ON_EVERY(where, wires());
  const bool immediate = GENERATE(false, true);
  CAPTURE(immediate);
  scene it{where};
  auto one = it.open(socket_type::stream);
  auto other = it.open(socket_type::stream);
  other.set(option::immediate, immediate);
  other.connect(one.bind(it.fresh()));
  const auto there = hear_notice(one);
  const auto here = hear_notice(other);
  one.send(to(there, "question"));
  CHECK(hear_bytes(other, here, 8) == "question");
  other.send(to(here, "answer"));
  CHECK(hear_bytes(one, there, 6) == "answer");
  other.send(to(here, ""));
  CHECK(hear_notice(one) == there);
}

TEST_CASE("stream: many that come and go leave nothing behind") {
  ON_EVERY(where, over_tcp());
  scene it{where};
  auto stream = it.open(socket_type::stream);
  const auto endpoint = stream.bind(it.fresh());
  std::set<std::string> ids;
  for (int wave = 0; wave < 10; ++wave) {
    std::vector<raw_peer> peers;
    for (int i = 0; i < 20; ++i)
      peers.emplace_back(endpoint);
    for (int i = 0; i < 20; ++i) {
      const auto id = hear_notice(stream);
      REQUIRE(ids.insert(id).second);
      if (i % 2 == 0)
        stream.send(to(id, "")); // that one is told of no more
    }
    peers.clear();
    for (int i = 0; i < 10; ++i)
      REQUIRE(ids.contains(hear_notice(stream)));
  }
}

TEST_CASE("stream: close sends what was said before") {
  ON_EVERY(where, wires());
  scene it{where, patience};
  auto stream = it.open(socket_type::stream);
  const raw_peer peer{stream.bind(it.fresh())};
  const auto id = hear_notice(stream);
  const std::string bytes(5'000'000, 'x');
  stream.send(to(id, bytes));
  stream.close();
  CHECK(peer.read(bytes.size()) == bytes);
  CHECK(peer.reads_end());
}

TEST_CASE("stream: HELLO_MSG is what a peer reads first") {
  ON_EVERY(where, wires());
  scene it{where};
  auto stream = it.open(socket_type::stream);
  stream.set(option::hello_msg, "220 ready\r\n");
  const raw_peer peer{stream.bind(it.fresh())};
  CHECK(peer.read(11) == "220 ready\r\n");
}

TEST_CASE("stream: a ROUTER with ROUTER_RAW") {
  ON_EVERY(where, wires());
  scene it{where};
  auto router = it.open(socket_type::router);
  router.set(option::router_raw, true);
  router.set(option::probe_router, true); // nothing to be written of it
  const raw_peer peer{router.bind(it.fresh())};
  const auto id = hear_notice(router);
  REQUIRE(peer.write("hello"));
  CHECK(hear_bytes(router, id, 5) == "hello");
  router.send(to(id, "hi"));
  CHECK(peer.read(2) == "hi");
  router.send(to("nobody", "is dropped"));
  CHECK(sending(router, id, "") == std::error_code{});
  CHECK(peer.reads_end());
}

TEST_CASE("stream: misuse is told at the call") {
  scene it{wires().front()};
  auto stream = it.open(socket_type::stream);
  CHECK(sending(stream, "nobody", "x") == errc::host_unreachable);
  CHECK(sending(stream, "nobody", "") == errc::host_unreachable);
  CHECK(code_of([&] { stream.send("no id"); }) == errc::invalid_argument);
  CHECK(code_of([&] {
          stream.send(message{"id", "a", "b"});
        })
        == errc::invalid_argument);
  CHECK(code_of([&] { (void)stream.bind("inproc://x"); })
        == errc::no_compatible_protocol);
  CHECK(code_of([&] { stream.connect("inproc://x"); })
        == errc::no_compatible_protocol);
  auto router = it.open(socket_type::router);
  CHECK(code_of([&] { router.set(option::stream_notify, true); })
        == errc::invalid_argument);
  CHECK(code_of([&] { stream.set(option::router_raw, true); })
        == errc::invalid_argument);
  (void)router.bind("inproc://y");
  CHECK(code_of([&] { router.set(option::router_raw, true); })
        == errc::invalid_argument); // too late
  auto raw = it.open(socket_type::router);
  raw.set(option::router_raw, true);
  CHECK(code_of([&] { raw.connect("inproc://y"); })
        == errc::no_compatible_protocol);
}

} // namespace zmqrt::test
