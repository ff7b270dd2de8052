// SPDX-License-Identifier: MPL-2.0
//
// PLAIN, CURVE and ZAP (RFC 23 to 27): who comes in, what becomes of those who
// do not, and what the handler is asked.

#include <deque>
#include <functional>
#include <future>
#include <thread>

#include "tests/actors/raw_peer.hpp"
#include "tests/c_api/c_scene.hpp"
#include "tests/support/eventually.hpp"

namespace zmqrt::test {

namespace {

constexpr int handshake_end = ZMQ_EVENT_HANDSHAKE_SUCCEEDED | handshake_failed;
constexpr int zap_enforce_domain = 93; // a draft's number in zmq.h

struct key_pair {
  std::string open = std::string(40, '\0');
  std::string secret = std::string(40, '\0');

  key_pair() {
    char one[41];
    char two[41];
    checked(zmq_curve_keypair(one, two), "zmq_curve_keypair");
    open = one;
    secret = two;
  }
};

void serve_curve(socket& on, const key_pair& own) {
  on.set(ZMQ_CURVE_SERVER, 1);
  on.set(ZMQ_CURVE_SECRETKEY, own.secret);
}
void use_curve(socket& on, const key_pair& own, const std::string& server) {
  on.set(ZMQ_CURVE_PUBLICKEY, own.open);
  on.set(ZMQ_CURVE_SECRETKEY, own.secret);
  on.set(ZMQ_CURVE_SERVERKEY, server);
}
void use_plain(socket& on, std::string_view name, std::string_view password) {
  on.set(ZMQ_PLAIN_USERNAME, name);
  on.set(ZMQ_PLAIN_PASSWORD, password);
}

/// A ZAP handler on a thread of its own: `answer` gets a request and answers
/// the frames of the reply from the status on.
class zap_handler {
public:
  using answerer = std::function<parts(const parts&)>;

  zap_handler(const scene& it, answerer answer)
    : handler_(it.ctx, ZMQ_REP), answer_(std::move(answer)) {
    handler_.set(ZMQ_LINGER, 0);
    handler_.set(ZMQ_RCVTIMEO, 5);
    handler_.bind("inproc://zeromq.zap.01");
    thread_ = std::thread{[this] { serve(); }};
  }
  zap_handler(const zap_handler&) = delete;
  zap_handler& operator=(const zap_handler&) = delete;
  ~zap_handler() {
    over_ = true;
    thread_.join();
  }

  /// What it was asked last. Once whoever asked is known to have the answer.
  [[nodiscard]] const parts& asked() const noexcept {
    return asked_;
  }

private:
  void serve() {
    while (!over_) {
      msg first;
      if (zmq_msg_recv(first.get(), handler_.get(), 0) < 0)
        continue;
      parts request{first.text()};
      while (handler_.receives_more())
        request.push_back(handler_.recv());
      parts reply{"1.0", request.at(1)};
      for (const auto& each : answer_(request))
        reply.push_back(each);
      asked_ = std::move(request);
      handler_.send_parts(reply);
    }
  }

  socket handler_;
  answerer answer_;
  parts asked_;
  std::atomic<bool> over_{false};
  std::thread thread_;
};

parts admit(std::string_view user = {}) {
  return {"200", "welcome", std::string{user}, ""};
}
parts refuse(std::string_view status) {
  return {std::string{status}, "as the test says", "", ""};
}

/// Who knows the password.
parts ask_for_sesame(const parts& request) {
  return request.size() == 8 && request[5] == "PLAIN" && request[7] == "sesame"
           ? admit(request[6])
           : refuse("400");
}

/// Both ends of a connection, and what they saw of it.
struct pair_of_ends {
  explicit pair_of_ends(scene& it)
    : endpoint(it.fresh()), server(it.open(ZMQ_PULL)),
      client(it.open(ZMQ_PUSH)), at_server(it.ctx, server),
      at_client(it.ctx, client) {
    client.set(ZMQ_RECONNECT_IVL, 1);
  }

  void meet() {
    client.connect(server.bind(endpoint));
  }
  /// The client's message, and what is known of the client.
  void require_meet(msg& got) {
    meet();
    at_client.await(ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
    client.send("hello");
    checked(zmq_msg_recv(got.get(), server.get(), 0), "zmq_msg_recv");
    CHECK(got.text() == "hello");
  }
  void require_refused(int why, std::uint32_t value) {
    meet();
    const auto end = at_server.await(handshake_end);
    CHECK(end.kind == why);
    CHECK(end.value == value);
    CHECK_FALSE(server.try_recv());
  }

  std::string endpoint;
  socket server;
  socket client;
  monitor at_server;
  monitor at_client;
};

} // namespace

// -- PLAIN --------------------------------------------------------------------

TEST_CASE("security: PLAIN lets in who the handler knows") {
  OVER_WIRES(transport);
  scene it{transport};
  const zap_handler zap{it, ask_for_sesame};
  pair_of_ends ends{it};
  ends.server.set(ZMQ_PLAIN_SERVER, 1);
  ends.server.set(ZMQ_ZAP_DOMAIN, "here");
  use_plain(ends.client, "admin", "sesame");
  CHECK(ends.server.number(ZMQ_MECHANISM) == ZMQ_PLAIN);
  CHECK(ends.client.number(ZMQ_MECHANISM) == ZMQ_PLAIN);
  msg got;
  ends.require_meet(got);
  CHECK(got.property("User-Id") == std::string{"admin"});
  CHECK(got.property("Socket-Type") == std::string{"PUSH"});
  const auto& asked = zap.asked();
  REQUIRE(asked.size() == 8);
  CHECK(asked[0] == "1.0");
  CHECK(asked[2] == "here");
  if (transport == "tcp")
    CHECK(asked[3] == "127.0.0.1");
  CHECK(asked[5] == "PLAIN");
  CHECK(asked[6] == "admin");
}

TEST_CASE("security: PLAIN refuses a wrong password on both sides") {
  OVER_WIRES(transport);
  scene it{transport};
  const zap_handler zap{it, ask_for_sesame};
  pair_of_ends ends{it};
  ends.server.set(ZMQ_PLAIN_SERVER, 1);
  use_plain(ends.client, "admin", "guess");
  ends.require_refused(ZMQ_EVENT_HANDSHAKE_FAILED_AUTH, 400);
  const auto told = ends.at_client.await(handshake_end);
  CHECK(told.kind == ZMQ_EVENT_HANDSHAKE_FAILED_AUTH);
  CHECK(told.value == 400);
}

TEST_CASE("security: the handler's answers 300, 400, 500 refuse") {
  OVER_WIRES(transport);
  const std::string status = GENERATE("300", "400", "500");
  CAPTURE(status);
  scene it{transport};
  const zap_handler zap{it, [&](const parts&) { return refuse(status); }};
  pair_of_ends ends{it};
  ends.server.set(ZMQ_PLAIN_SERVER, 1);
  use_plain(ends.client, "admin", "sesame");
  ends.require_refused(ZMQ_EVENT_HANDSHAKE_FAILED_AUTH,
                       static_cast<std::uint32_t>(std::stoi(status)));
}

TEST_CASE("security: PLAIN lets nobody in where nobody is asked") {
  OVER_WIRES(transport);
  scene it{transport};
  pair_of_ends ends{it};
  ends.server.set(ZMQ_PLAIN_SERVER, 1);
  use_plain(ends.client, "admin", "sesame");
  ends.require_refused(ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL, EFAULT);
}

TEST_CASE("security: PLAIN with a domain that is enforced, and empty") {
  if (!ours()) // aborts
    return;
  OVER_WIRES(transport);
  scene it{transport};
  const zap_handler zap{it, ask_for_sesame};
  pair_of_ends ends{it};
  ends.server.set(zap_enforce_domain, 1);
  ends.server.set(ZMQ_PLAIN_SERVER, 1);
  use_plain(ends.client, "admin", "sesame");
  msg got;
  ends.require_meet(got);
}

TEST_CASE("security: a handler's answer that is none refuses") {
  OVER_WIRES(transport);
  const auto answer = GENERATE(parts{"200"}, parts{"abc", "", "", ""},
                               parts{"200", "", "", "", "more"});
  scene it{transport};
  const zap_handler zap{it, [&](const parts&) { return answer; }};
  pair_of_ends ends{it};
  ends.server.set(ZMQ_PLAIN_SERVER, 1);
  use_plain(ends.client, "admin", "sesame");
  ends.meet();
  const auto end = ends.at_server.await(handshake_end);
  CHECK(end.kind == ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL);
  CHECK((end.value & 0xf000'0000U) == ZMQ_PROTOCOL_ERROR_ZAP_UNSPECIFIED);
}

// -- NULL ---------------------------------------------------------------------

TEST_CASE("security: NULL is asked about where a domain is set") {
  OVER_WIRES(transport);
  const bool in = GENERATE(true, false);
  CAPTURE(in);
  scene it{transport};
  const zap_handler zap{
    it, [&](const parts&) { return in ? admit("who") : refuse("400"); }};
  pair_of_ends ends{it};
  ends.server.set(ZMQ_ZAP_DOMAIN, "here");
  if (!in) {
    ends.require_refused(ZMQ_EVENT_HANDSHAKE_FAILED_AUTH, 400);
    return;
  }
  msg got;
  ends.require_meet(got);
  CHECK(got.property("User-Id") == std::string{"who"});
  CHECK(zap.asked().at(5) == "NULL");
}

// -- mechanisms that differ ---------------------------------------------------

TEST_CASE("security: who is refused for its mechanism is freed by term") {
  OVER_WIRES(transport);
  const bool plain_connects = GENERATE(true, false);
  CAPTURE(plain_connects);
  scene there{transport}; // the server's context lives on
  scene it{transport};
  auto server = there.open(ZMQ_REP);
  auto client = it.open(ZMQ_REQ);
  client.set(ZMQ_RECONNECT_IVL, 1);
  client.set(ZMQ_RCVTIMEO, -1);
  client.set(ZMQ_SNDTIMEO, -1);
  if (plain_connects)
    use_plain(client, "admin", "sesame");
  else
    server.set(ZMQ_PLAIN_SERVER, 1);
  monitor events{it.ctx, client};
  client.connect(server.bind(there.fresh()));
  auto blocked = std::async(std::launch::async, [&] {
    // It waits for the answer, or already for a peer.
    int why = client.refusal("is anybody there?", 0);
    if (why == 0)
      why = errno_of(zmq_recv(client.get(), nullptr, 0, 0));
    client.close();
    return why;
  });
  events.await(handshake_failed | ZMQ_EVENT_DISCONNECTED);
  CHECK_FALSE(server.try_recv());
  it.ctx.shutdown();
  CHECK(blocked.get() == ETERM);
}

TEST_CASE("security: without the server's key nothing passes, either way") {
  OVER_WIRES(transport);
  enum class has { another_key, no_mechanism, plain };
  const auto client_has =
    GENERATE(has::another_key, has::no_mechanism, has::plain);
  CAPTURE(static_cast<int>(client_has));
  scene it{transport};
  auto server = it.open(ZMQ_PAIR);
  auto client = it.open(ZMQ_PAIR);
  serve_curve(server, {});
  if (client_has == has::another_key)
    use_curve(client, {}, key_pair{}.open);
  else if (client_has == has::plain)
    use_plain(client, "admin", "sesame");
  client.set(ZMQ_RECONNECT_IVL, 1);
  monitor at_server{it.ctx, server};
  // Both have something to say before they meet. It may be too late already:
  // who failed to shake hands is no peer any more.
  client.connect(server.bind(it.fresh()));
  (void)client.try_send("a client's secret");
  at_server.await(handshake_failed | ZMQ_EVENT_DISCONNECTED);
  CHECK(server.refusal("a server's secret") == EAGAIN); // there is no peer
  CHECK_FALSE(server.try_recv());
  CHECK_FALSE(client.try_recv());
}

// -- CURVE --------------------------------------------------------------------

TEST_CASE("security: CURVE carries messages of any size, both ways") {
  OVER_WIRES(transport);
  scene it{transport};
  const key_pair keys;
  auto bound = it.open(ZMQ_PAIR);
  auto connected = it.open(ZMQ_PAIR);
  serve_curve(bound, keys);
  use_curve(connected, {}, keys.open);
  connected.set(ZMQ_HEARTBEAT_IVL, 5); // PINGs in between, in boxes
  connected.set(ZMQ_HEARTBEAT_TIMEOUT, patience_ms);
  connected.connect(bound.bind(it.fresh()));
  for (const std::size_t size : {0, 1, 255, 256, 70'000, 1'000'000}) {
    CAPTURE(size);
    send_numbered(connected, 10, size);
    recv_numbered(bound, 10, size);
    send_numbered(bound, 10, size);
    recv_numbered(connected, 10, size);
  }
  connected.send_parts({"a", "", std::string(1000, 'b')});
  CHECK(bound.recv_parts() == parts{"a", "", std::string(1000, 'b')});
}

TEST_CASE("security: on every pair of types, by PLAIN and by CURVE") {
  OVER_WIRES(transport);
  const bool curve = GENERATE(true, false);
  struct types {
    int bound;
    int connecting;
  };
  const auto [one, other] =
    GENERATE(types{ZMQ_PULL, ZMQ_PUSH}, types{ZMQ_PUSH, ZMQ_PULL},
             types{ZMQ_REP, ZMQ_REQ}, types{ZMQ_ROUTER, ZMQ_REQ},
             types{ZMQ_REP, ZMQ_DEALER}, types{ZMQ_DEALER, ZMQ_DEALER},
             types{ZMQ_PAIR, ZMQ_PAIR}, types{ZMQ_SUB, ZMQ_XPUB},
             types{ZMQ_XSUB, ZMQ_XPUB});
  CAPTURE(curve, one, other);
  scene it{transport};
  const zap_handler zap{it, [&](const parts&) { return admit(); }};
  const key_pair keys;
  auto bound = it.open(one);
  auto connecting = it.open(other);
  if (curve) {
    serve_curve(bound, keys);
    use_curve(connecting, {}, keys.open);
  } else {
    bound.set(ZMQ_PLAIN_SERVER, 1);
    use_plain(connecting, "admin", "sesame");
  }
  if (one == ZMQ_SUB)
    bound.set(ZMQ_SUBSCRIBE, "");
  connecting.connect(bound.bind(it.fresh()));
  if (one == ZMQ_XSUB)
    bound.send("\1");
  if (other == ZMQ_XPUB) {
    // A bound SUB of libzmq tells of itself when it is asked for something.
    eventually_is(
      [&] {
        look_around(bound);
        return connecting.number(ZMQ_EVENTS) & ZMQ_POLLIN;
      },
      ZMQ_POLLIN);
    CHECK(connecting.recv() == "\1");
  }
  socket& from = one == ZMQ_PUSH ? bound : connecting;
  socket& to = one == ZMQ_PUSH ? connecting : bound;
  if (other == ZMQ_DEALER && one == ZMQ_REP)
    from.send("", ZMQ_SNDMORE);
  from.send_parts({"question", "in parts"});
  const auto got = to.recv_parts();
  REQUIRE(got.size() >= 2);
  CHECK(parts(got.end() - 2, got.end()) == parts{"question", "in parts"});
  if (one == ZMQ_ROUTER)
    to.send_parts({got[0], "", "answer"});
  else if (one == ZMQ_REP || one == ZMQ_DEALER || one == ZMQ_PAIR)
    to.send("answer");
  else
    return;
  CHECK(from.recv_parts().back() == "answer");
}

TEST_CASE("security: CURVE with another server's key does not meet") {
  OVER_WIRES(transport);
  scene it{transport};
  pair_of_ends ends{it};
  serve_curve(ends.server, {});
  use_curve(ends.client, {}, key_pair{}.open);
  ends.require_refused(ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL,
                       ZMQ_PROTOCOL_ERROR_ZMTP_CRYPTOGRAPHIC);
}

TEST_CASE("security: CURVE asks by key, and names the user") {
  OVER_WIRES(transport);
  const bool known = GENERATE(true, false);
  CAPTURE(known);
  scene it{transport};
  const key_pair server;
  const key_pair bob;
  const key_pair stranger;
  std::uint8_t octets[32];
  REQUIRE(zmq_z85_decode(octets, bob.open.c_str()) != nullptr);
  const std::string bobs(reinterpret_cast<const char*>(octets), sizeof octets);
  const zap_handler zap{it, [&](const parts& request) {
                          return request.size() == 7 && request[5] == "CURVE"
                                     && request[6] == bobs
                                   ? admit("bob")
                                   : refuse("400");
                        }};
  pair_of_ends ends{it};
  serve_curve(ends.server, server);
  use_curve(ends.client, known ? bob : stranger, server.open);
  if (!known) {
    ends.require_refused(ZMQ_EVENT_HANDSHAKE_FAILED_AUTH, 400);
    return;
  }
  msg got;
  ends.require_meet(got);
  CHECK(got.property("User-Id") == std::string{"bob"});
}

TEST_CASE("security: CURVE filters subscriptions in boxes") {
  OVER_WIRES(transport);
  scene it{transport};
  const key_pair keys;
  auto pub = it.open(ZMQ_XPUB);
  auto sub = it.open(ZMQ_SUB);
  serve_curve(pub, keys);
  use_curve(sub, {}, keys.open);
  sub.set(ZMQ_SUBSCRIBE, "b");
  sub.connect(pub.bind(it.fresh()));
  CHECK(pub.recv() == "\1b");
  pub.send("a");
  pub.send("b");
  CHECK(sub.recv() == "b");
}

TEST_CASE("security: a CURVE client tells nothing to who is not its server") {
  OVER_WIRES(transport);
  scene it{transport};
  const raw_server impostor{transport == "tcp" ? "tcp://127.0.0.1:0"
                                               : it.fresh()};
  auto client = it.open(ZMQ_PUSH);
  use_curve(client, {}, key_pair{}.open);
  client.connect(impostor.endpoint());
  client.send("application data");
  const auto peer = impostor.accept();
  REQUIRE(peer.write(greeting("CURVE")));
  constexpr std::size_t greeting_and_hello = 64 + 2 + 200;
  const auto told = peer.read(greeting_and_hello);
  CHECK(told.find("CURVE") != std::string::npos);
  CHECK(told.find("application data") == std::string::npos);
  // A WELCOME of whom has not the key.
  REQUIRE(
    peer.write(std::string("\x04\xa8\7WELCOME", 10) + std::string(160, 'w')));
  CHECK(peer.read_to_end() == 0);
}

TEST_CASE("security: keys are read back as they were given, or as octets") {
  scene it{"tcp"};
  const key_pair keys;
  auto server = it.open(ZMQ_PULL);
  serve_curve(server, keys);
  char text[41] = {};
  std::size_t size = sizeof text;
  REQUIRE(zmq_getsockopt(server.get(), ZMQ_CURVE_SECRETKEY, text, &size) == 0);
  CHECK(text == keys.secret);
  CHECK(server.number(ZMQ_MECHANISM) == ZMQ_CURVE);
  std::uint8_t octets[32];
  size = sizeof octets;
  REQUIRE(zmq_getsockopt(server.get(), ZMQ_CURVE_SECRETKEY, octets, &size)
          == 0);
  CHECK(size == sizeof octets);
  std::uint8_t wanted[32];
  REQUIRE(zmq_z85_decode(wanted, keys.secret.c_str()) != nullptr);
  CHECK(std::memcmp(octets, wanted, sizeof wanted) == 0);
}

} // namespace zmqrt::test
