// SPDX-License-Identifier: MPL-2.0
//
// What options do on the wire, beside libzmq: each play has a libzmq socket on
// its other side. Where an option is a draft, or newer than Debian's libzmq, it
// is played twice, with a libzmq 4.3.5 that has it and with ours, and what is
// heard is the same.

#include <algorithm>
#include <functional>
#include <thread>

#include "tests/interop/peer.hpp"
#include "tests/interop/zmqrt_side.hpp"

namespace zmqrt::test {

namespace {

using frames = std::vector<std::string>;
using heard = std::vector<frames>;

const std::string on_t{"\1t"};
const std::string off_t{'\0', 't'};

/// An option, and what it is set to.
struct setting {
  std::string name;
  int id;
  int value;
};

/// Who has the option: a socket of either library.
class subject {
public:
  virtual ~subject() = default;
  virtual std::string bind(const std::string& endpoint) = 0;
  virtual void connect(const std::string& endpoint) = 0;
  virtual void say(const frames& what) = 0;
  virtual frames hear() = 0;
};

class libzmq_subject final : public subject {
public:
  libzmq_subject(socket_type type, const setting& has) {
    peer_.open(std::string{to_string(type)}, {{has.name, has.value}});
  }
  std::string bind(const std::string& endpoint) override {
    return peer_.bind(endpoint);
  }
  void connect(const std::string& endpoint) override {
    peer_.connect(endpoint);
  }
  void say(const frames& what) override {
    peer_.ask({{"do", "say"}, {"frames", what}});
  }
  frames hear() override {
    return peer_.ask({{"do", "hear"}}).at("frames");
  }

private:
  peer peer_{implementation::node};
};

class our_subject final : public subject {
public:
  our_subject(io_backend backend, socket_type type, const setting& has)
    : ctx_(make_context(backend)), socket_(make_socket(ctx_, type)) {
    socket_.set_raw(has.id, std::as_bytes(std::span{&has.value, 1}));
  }
  std::string bind(const std::string& endpoint) override {
    return socket_.bind(endpoint);
  }
  void connect(const std::string& endpoint) override {
    auto events = socket_.monitor();
    socket_.connect(endpoint);
    // What an XSUB says before that goes nowhere (docs/libzmq-differences.md).
    (void)await_event(events, event_kind::handshake_succeeded);
  }
  void say(const frames& what) override {
    message made;
    for (const auto& part : what)
      made.push_back(std::string_view{part});
    socket_.send(std::move(made));
  }
  frames hear() override {
    const auto got = socket_.recv();
    frames parts;
    for (std::size_t i = 0; i < got.size(); ++i)
      parts.emplace_back(got[i].view());
    return parts;
  }

private:
  context ctx_;
  socket socket_;
};

using play = std::function<heard(subject&, const std::string& endpoint)>;

/// What is heard; the same with either library.
heard both(const place& where, socket_type type, const setting& has,
           const play& what) {
  const temporary_directory directory;
  libzmq_subject theirs{type, has};
  our_subject ours{where.backend, type, has};
  const auto expected =
    what(theirs, fresh_endpoint(where.transport, directory));
  const temporary_directory other;
  REQUIRE(what(ours, fresh_endpoint(where.transport, other)) == expected);
  return expected;
}

/// Hears up to a message that ends so.
heard hear_until(const std::string& end, const std::function<frames()>& hear) {
  heard all;
  do
    all.push_back(hear());
  while (all.back().back() != end);
  return all;
}

} // namespace

TEST_CASE("effects: INVERT_MATCHING with libzmq") {
  ON_EVERY(where, wires());
  const auto we_bind = GENERATE(true, false);
  CAPTURE(we_bind);
  SECTION("our PUB, their SUB") {
    link it{where,
            socket_type::pub,
            implementation::libzmq,
            "SUB",
            {{"invert_matching", 1}, {"subscribe", "a"}}};
    it.ours.set(option::invert_matching, true);
    it.join(we_bind);
    it.theirs.tell({{"do", "hear"}});
    while (it.ours.get(option::topics_count) != 1)
      std::this_thread::yield();
    it.ours.send("abc");
    it.ours.send("b");
    CHECK(it.theirs.next().at("frames") == frames{"b"});
  }
  SECTION("our SUB, their XPUB") {
    link it{where,
            socket_type::sub,
            implementation::libzmq,
            "XPUB",
            {{"invert_matching", 1}}};
    it.ours.set(option::invert_matching, true);
    it.ours.subscribe("a");
    it.join(we_bind);
    CHECK(it.theirs.ask({{"do", "hear"}}).at("frames") == frames{"\1a"});
    for (const char* text : {"abc", "b"})
      it.theirs.ask({{"do", "say"}, {"frames", {text}}});
    CHECK(it.ours.recv().str() == "b");
  }
}

TEST_CASE("effects: ROUTER_NOTIFY says who comes and who goes") {
  ON_EVERY(where, wires());
  const int notify = GENERATE(range(0, 4));
  CAPTURE(notify);
  const bool comes = (notify & 1) != 0;
  const bool goes = (notify & 2) != 0;
  const auto got = both(where, socket_type::router,
                        {"router_notify", option::router_notify.id, notify},
                        [goes](subject& router, const std::string& endpoint) {
                          const auto bound = router.bind(endpoint);
                          heard all;
                          for (const char* const name : {"one", "two"}) {
                            peer dealer{implementation::libzmq};
                            dealer.open("DEALER", {{"routing_id", name}});
                            dealer.connect(bound);
                            dealer.ask({{"do", "say"}, {"frames", {"hello"}}});
                            const auto before = hear_until(
                              "hello", [&] { return router.hear(); });
                            all.insert(all.end(), before.begin(), before.end());
                            dealer.ask({{"do", "close"}});
                            if (goes)
                              all.push_back(router.hear());
                          }
                          return all;
                        });
  heard expected;
  for (const char* const name : {"one", "two"}) {
    if (comes)
      expected.push_back({name, ""});
    expected.push_back({name, "hello"});
    if (goes)
      expected.push_back({name, ""});
  }
  CHECK(got == expected);
}

// Of a message that begins with a subscription libzmq reads the others, too;
// ours, as the manual says, do not (docs/libzmq-differences.md).
TEST_CASE("effects: ONLY_FIRST_SUBSCRIBE leaves what follows alone") {
  ON_EVERY(where, wires());
  const int only = GENERATE(0, 1);
  CAPTURE(only);
  const auto got = both(
    where, socket_type::xpub,
    {"only_first_subscribe", option::only_first_subscribe.id, only},
    [](subject& xpub, const std::string& endpoint) {
      peer xsub{implementation::libzmq};
      xsub.open("XSUB");
      xsub.connect(xpub.bind(endpoint));
      for (const frames& each : {frames{"\1a"}, frames{"word", "\1b"}})
        xsub.ask({{"do", "say"}, {"frames", each}});
      xsub.ask({{"do", "say"}, {"frames", {"end"}}});
      // In which order, and with which others, is another matter.
      frames told;
      for (const auto& each : hear_until("end", [&] { return xpub.hear(); }))
        told.insert(told.end(), each.begin(), each.end());
      std::sort(told.begin(), told.end());
      heard all{told};
      for (const char* const text : {"b", "a"})
        xpub.say({text});
      all.push_back(xsub.ask({{"do", "hear"}}).at("frames"));
      return all;
    });
  CHECK(got.back() == frames{only == 1 ? "a" : "b"});
}

TEST_CASE("effects: XSUB_VERBOSE_UNSUBSCRIBE passes every one on") {
  ON_EVERY(where, wires());
  const int verbose = GENERATE(0, 1);
  CAPTURE(verbose);
  const auto got = both(
    where, socket_type::xsub,
    {"xsub_verbose_unsubscribe", option::xsub_verbose_unsubscribe.id, verbose},
    [](subject& xsub, const std::string& endpoint) {
      peer xpub{implementation::libzmq};
      xpub.open("XPUB", {{"xpub_verboser", 1}});
      xsub.connect(xpub.bind(endpoint));
      xpub.ask({{"do", "await"}, {"monitor", "handshake_succeeded"}});
      for (const auto& text : {on_t, on_t, off_t, off_t})
        xsub.say({text});
      xsub.say({"end"});
      return hear_until("end", [&] {
        return xpub.ask({{"do", "hear"}}).at("frames");
      });
    });
  CHECK(std::count(got.begin(), got.end(), frames{off_t})
        == (verbose == 1 ? 2 : 1));
}

} // namespace zmqrt::test
