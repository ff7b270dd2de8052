// SPDX-License-Identifier: MPL-2.0
//
// Our proxy between peers that are all libzmq's, each in its own process.

#include <future>

#include "tests/interop/peer.hpp"
#include "tests/interop/zmqrt_side.hpp"

namespace zmqrt::test {

namespace {

using frames = std::vector<std::string>;

/// A proxy on a thread of its own, between two peers that connect to it.
struct between {
  between(const place& where, socket_type front_type,
          const std::string& front_peer, socket_type back_type,
          const std::string& back_peer, const json& back_options)
    : at_front(implementation::libzmq), at_back(implementation::libzmq),
      ctx(make_context(where.backend)) {
    auto front = make_socket(ctx, front_type);
    auto back = make_socket(ctx, back_type);
    at_front.open(front_peer);
    at_back.open(back_peer, back_options);
    at_front.connect(front.bind(fresh_endpoint(where.transport, front_files)));
    at_back.connect(back.bind(fresh_endpoint(where.transport, back_files)));
    ended = std::async(std::launch::async,
                       [front, back] { return proxy(front, back); });
  }

  temporary_directory front_files;
  temporary_directory back_files;
  peer at_front;
  peer at_back;
  std::future<proxy_end> ended;
  context ctx; // ends first, and the proxy with it
};

void say(peer& who, const frames& what) {
  who.ask({{"do", "say"}, {"frames", what}});
}

frames hear(peer& who) {
  return who.ask({{"do", "hear"}}).at("frames");
}

} // namespace

TEST_CASE("interop: a shared queue between REQ and REP") {
  ON_EVERY(where, wires());
  between queue{where, socket_type::router, "REQ", socket_type::dealer,
                "REP", json::object()};
  for (const frames& what : {frames{"question"}, frames{"two", ""}}) {
    say(queue.at_front, what);
    CHECK(hear(queue.at_back) == what);
    say(queue.at_back, {"answer", "and more"});
    CHECK(hear(queue.at_front) == frames{"answer", "and more"});
  }
}

TEST_CASE("interop: a forwarder between XPUB and SUB") {
  ON_EVERY(where, wires());
  between forwarder{where, socket_type::xsub,   "XPUB", socket_type::xpub,
                    "SUB", {{"subscribe", "a"}}};
  CHECK(hear(forwarder.at_front) == frames{"\1a"});
  say(forwarder.at_front, {"b", "not asked for"});
  say(forwarder.at_front, {"a", "news"});
  CHECK(hear(forwarder.at_back) == frames{"a", "news"});
}

TEST_CASE("interop: a streamer between PUSH and PULL loses nothing") {
  ON_EVERY(where, wires());
  between streamer{where,  socket_type::pull, "PUSH", socket_type::push,
                   "PULL", json::object()};
  traffic what;
  what.count = 20'000;
  what.sizes = {0, 1, 100, 300, 10'000};
  what.frames = 2;
  streamer.at_back.start_recv(what.count);
  streamer.at_front.start_send(what);
  const auto sent = streamer.at_front.sent();
  CHECK(streamer.at_back.received() == sent);
}

} // namespace zmqrt::test
