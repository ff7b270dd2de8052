// SPDX-License-Identifier: MPL-2.0
//
// udp:// through the public face: RADIO to DISH, and DGRAM, on every backend.

#include <map>
#include <thread>

#include "tests/actors/fixture.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/multicast_interface.hpp"
#include "tests/support/raw_datagram.hpp"

namespace zmqrt::test {

namespace {

std::vector<place> over_udp() {
  return places_of({"udp"});
}

message to_group(std::string_view group, std::string_view text) {
  message what{text};
  what.set_group(group);
  return what;
}

constexpr auto unicast = "udp://127.0.0.1:*";
constexpr auto multicast = "udp://lo;239.255.7.9:*";

} // namespace

TEST_CASE("udp: a DISH hears the groups that it has joined") {
  ON_EVERY(where, over_udp());
  const auto* const endpoint = GENERATE(unicast, multicast);
  CAPTURE(endpoint);
  scene it{where};
  auto dish = it.open(socket_type::dish);
  dish.join("one");
  dish.join("two");
  auto radio = it.open(socket_type::radio);
  const auto bound = dish.bind(endpoint);
  CHECK(bound == dish.get(option::last_endpoint));
  radio.connect(bound);
  const std::string large(50'000, 'x');
  radio.send(to_group("one", "1"));
  radio.send(to_group("other", "nobody's"));
  radio.send(to_group("two", ""));
  radio.send(to_group("one", large));
  auto heard = dish.recv();
  CHECK(heard.group() == "one");
  CHECK(heard.str() == "1");
  heard = dish.recv();
  CHECK(heard.group() == "two");
  CHECK(heard.str().empty());
  CHECK(dish.recv().str() == large);
  dish.leave("one");
  dish.join("other");
  radio.send(to_group("one", "left"));
  radio.send(to_group("other", "joined"));
  CHECK(dish.recv().str() == "joined");
}

TEST_CASE("udp: one RADIO to several DISHes, and a DISH of several RADIOs") {
  ON_EVERY(where, over_udp());
  scene it{where};
  auto first = it.open(socket_type::dish);
  auto second = it.open(socket_type::dish);
  first.join("g");
  second.join("g");
  auto both = it.open(socket_type::radio);
  auto one = it.open(socket_type::radio);
  both.connect(first.bind(unicast));
  both.connect(second.bind(unicast));
  one.connect(first.get(option::last_endpoint));
  both.send(to_group("g", "to both"));
  CHECK(first.recv().str() == "to both");
  CHECK(second.recv().str() == "to both");
  one.send(to_group("g", "to one"));
  CHECK(first.recv().str() == "to one");
}

TEST_CASE("udp: a RADIO speaks over tcp and udp at once") {
  ON_EVERY(where, over_udp());
  scene it{where};
  auto far = it.open(socket_type::dish);
  auto near = it.open(socket_type::dish);
  far.join("g");
  near.join("g");
  auto radio = it.open(socket_type::radio);
  far.connect(radio.bind("tcp://127.0.0.1:*"));
  radio.connect(near.bind(unicast));
  // A RADIO tells nobody who has joined: until it is heard.
  eventually_is(
    [&] {
      radio.send(to_group("g", "is it there?"));
      return far.recv_for(milliseconds{1}).has_value();
    },
    true);
  CHECK(near.recv().str() == "is it there?");
  // More than a datagram holds.
  radio.send(to_group("g", std::string(100'000, 'x')));
  while (far.recv().str() == "is it there?") {
  }
}

TEST_CASE("udp: what is on the wire is what libzmq writes") {
  ON_EVERY(where, over_udp());
  scene it{where};
  raw_datagram raw;
  auto radio = it.open(socket_type::radio);
  radio.connect("udp://" + raw.name());
  radio.send(to_group("group", "body"));
  CHECK(raw.recv() == "\5groupbody");
  radio.send("no group");
  CHECK(raw.recv() == std::string{"\0no group", 9});
  const std::string group(255, 'g');
  radio.send(to_group(group, std::string(10'000, 'b')));
  CHECK(raw.recv() == "\xff" + group + std::string(10'000, 'b'));
}

TEST_CASE("udp: garbage is dropped, and nothing else") {
  ON_EVERY(where, over_udp());
  scene it{where};
  auto dish = it.open(socket_type::dish);
  dish.set(option::maxmsgsize, 1000);
  dish.join("g");
  dish.join("");
  const auto endpoint = dish.bind(unicast);
  raw_datagram raw;
  for (const std::string& bytes :
       {std::string{}, std::string{"\xff"}, std::string{"\5grou"},
        std::string{"\1\0x", 3}, "\1g" + std::string(1001, 'x'),
        std::string(65507, '\xff')})
    raw.send(endpoint, bytes);
  raw.send(endpoint, "\1g" + std::string(1000, 'y'));
  raw.send(endpoint, {"\0bare", 5});
  CHECK(dish.recv().str() == std::string(1000, 'y'));
  const auto bare = dish.recv();
  CHECK(bare.str() == "bare");
  CHECK(bare.group().empty());
  CHECK_FALSE(dish.try_recv());
  CHECK(dish.statistics().dropped.unwanted == 6);
  CHECK(dish.statistics().received.messages == 2);
}

TEST_CASE("udp: more than a datagram holds is refused at the call") {
  ON_EVERY(where, over_udp());
  scene it{where};
  raw_datagram raw;
  auto radio = it.open(socket_type::radio);
  radio.connect("udp://" + raw.name());
  const std::string most(65505, 'x');
  CHECK(code_of([&] { radio.send(to_group("g", most + 'x')); })
        == errc::message_too_long);
  radio.send(to_group("g", most));
  CHECK(raw.recv() == "\1g" + most);
}

TEST_CASE("udp: DGRAM answers whom it hears") {
  ON_EVERY(where, over_udp());
  scene it{where};
  auto dgram = it.open(socket_type::dgram);
  const auto endpoint = dgram.bind(unicast);
  raw_datagram one;
  raw_datagram other;
  const std::string large(65507, 'x');
  for (int round = 0; round < 3; ++round)
    for (raw_datagram* each : {&one, &other})
      for (const std::string_view text :
           {std::string_view{"hello"}, std::string_view{},
            std::string_view{large}}) {
        each->send(endpoint, text);
        auto asked = dgram.recv();
        REQUIRE(asked.size() == 2);
        CHECK(asked[0].view() == each->name());
        CHECK(asked[1].view() == text);
        dgram.send(std::move(asked));
        CHECK(each->recv() == text);
      }
}

TEST_CASE("udp: DGRAM to DGRAM, many at once") {
  ON_EVERY(where, over_udp());
  scene it{where};
  auto left = it.open(socket_type::dgram);
  auto right = it.open(socket_type::dgram);
  right.set(option::rcvbuf, 1 << 20);
  (void)left.bind(unicast);
  const auto to = right.bind(unicast).substr(6);
  for (int round = 0; round < 20; ++round) {
    for (int i = 0; i < 50; ++i)
      left.send(message{to, std::to_string(i)});
    for (int i = 0; i < 50; ++i) {
      const auto got = right.recv();
      REQUIRE(got[1].view() == std::to_string(i));
    }
  }
}

TEST_CASE("udp: DGRAM refuses what is no message of it") {
  ON_EVERY(where, over_udp());
  scene it{where};
  auto dgram = it.open(socket_type::dgram);
  CHECK_FALSE(dgram.try_send(message{"127.0.0.1:5", "no endpoint"}));
  (void)dgram.bind(unicast);
  CHECK(code_of([&] { dgram.send("one frame"); }) == errc::invalid_argument);
  CHECK(code_of([&] {
          dgram.send(message{"localhost:5", "a name"});
        })
        == errc::invalid_argument);
  CHECK(code_of([&] {
          dgram.send(message{"127.0.0.1:5", std::string(65508, 'x')});
        })
        == errc::message_too_long);
  CHECK(code_of([&] { (void)dgram.bind(unicast); }) == errc::invalid_argument);
  dgram.unbind(dgram.get(option::last_endpoint));
  (void)dgram.bind(unicast);
}

TEST_CASE("udp: what the kernel refuses is counted, and ends nothing") {
  ON_EVERY(where, over_udp());
  scene it{where};
  auto dgram = it.open(socket_type::dgram);
  (void)dgram.bind(unicast);
  raw_datagram raw;
  // A broadcast without leave, and another family.
  dgram.send(message{"255.255.255.255:5", "x"});
  dgram.send(message{"[::1]:5", "x"});
  dgram.send(message{raw.name(), "arrives"});
  CHECK(raw.recv() == "arrives");
  eventually_is([&] { return dgram.statistics().dropped.unroutable; }, 2U);
  CHECK(dgram.statistics().sent.messages == 1);
}

TEST_CASE("udp: IPv6") {
  ON_EVERY(where, over_udp());
  scene it{where};
  auto dish = it.open(socket_type::dish);
  CHECK(code_of([&] { (void)dish.bind("udp://[::1]:*"); })
        == errc::invalid_argument);
  dish.set(option::ipv6, true);
  dish.join("g");
  auto radio = it.open(socket_type::radio);
  radio.set(option::ipv6, true);
  radio.connect(dish.bind("udp://[::1]:*"));
  radio.send(to_group("g", "six"));
  CHECK(dish.recv().str() == "six");
  auto dgram = it.open(socket_type::dgram);
  dgram.set(option::ipv6, true);
  const auto wild = dgram.bind("udp://*:*");
  raw_datagram raw;
  raw.send(wild, "four");
  auto asked = dgram.recv();
  CHECK(asked[0].view() == raw.name());
  dgram.send(std::move(asked));
  CHECK(raw.recv() == "four");
}

TEST_CASE("udp: IPv6 groups that share a port keep apart") {
  ON_EVERY(where, over_udp());
  const auto device = multicast_interface();
  if (device.empty())
    return;
  scene it{where};
  const auto open = [&](socket_type type) {
    auto made = it.open(type);
    made.set(option::ipv6, true);
    if (type == socket_type::dish)
      made.join("g");
    return made;
  };
  // Interface-local: nothing leaves this machine.
  const auto endpoint = [&](const char* host, const std::string& port) {
    return "udp://" + device + ";[" + host + "]:" + port;
  };
  // A port that was free a moment ago.
  auto probe = open(socket_type::dish);
  const auto port = port_of(probe.bind(endpoint("ff01::1234", "*")));
  probe.close();
  auto first = open(socket_type::dish);
  first.bind(endpoint("ff01::1234", port));
  auto second = open(socket_type::dish);
  second.bind(endpoint("ff01::5678", port));
  auto to_first = open(socket_type::radio);
  to_first.connect(endpoint("ff01::1234", port));
  auto to_second = open(socket_type::radio);
  to_second.connect(endpoint("ff01::5678", port));
  to_second.send(to_group("g", "to the second"));
  CHECK(second.recv().str() == "to the second");
  to_first.send(to_group("g", "to the first"));
  CHECK(first.recv().str() == "to the first");
  to_second.send(to_group("g", "again"));
  CHECK(second.recv().str() == "again");
}

TEST_CASE("udp: names and interfaces") {
  ON_EVERY(where, over_udp());
  scene it{where};
  auto dish = it.open(socket_type::dish);
  dish.join("g");
  const auto bound = dish.bind("udp://lo:*");
  CHECK(bound.starts_with("udp://127.0.0.1:"));
  auto radio = it.open(socket_type::radio);
  radio.connect("udp://localhost:" + port_of(bound));
  radio.send(to_group("g", "by name"));
  CHECK(dish.recv().str() == "by name");
  CHECK(code_of([&] { radio.connect("udp://no-such-host.invalid:5"); }));
  CHECK(code_of([&] { (void)dish.bind("udp://no-such-if:5"); })
        == errc::no_such_device);
  CHECK(code_of([&] { (void)dish.bind("udp://no-such-if;239.0.0.1:5"); })
        == errc::no_such_device);
  CHECK(code_of([&] { radio.connect("udp://lo;127.0.0.1:5"); })
        == errc::invalid_argument);
}

TEST_CASE("udp: what does not go together is refused at the call") {
  ON_EVERY(where, over_udp());
  scene it{where};
  const auto none = errc::no_compatible_protocol;
  const auto bind = [&](socket_type type, const char* endpoint) {
    auto made = it.open(type);
    return code_of([&] { (void)made.bind(endpoint); });
  };
  const auto connect = [&](socket_type type, const char* endpoint) {
    auto made = it.open(type);
    return code_of([&] { made.connect(endpoint); });
  };
  CHECK(bind(socket_type::radio, unicast) == none);
  CHECK(bind(socket_type::push, unicast) == none);
  CHECK(bind(socket_type::dgram, "tcp://127.0.0.1:*") == none);
  CHECK(bind(socket_type::dgram, "inproc://x") == none);
  CHECK(connect(socket_type::dish, "udp://127.0.0.1:5") == none);
  CHECK(connect(socket_type::dgram, "udp://127.0.0.1:5") == none);
  CHECK(connect(socket_type::sub, "udp://127.0.0.1:5") == none);
}

TEST_CASE("udp: a port is one DISH's, and free after unbind and close") {
  ON_EVERY(where, over_udp());
  scene it{where};
  auto dish = it.open(socket_type::dish);
  auto other = it.open(socket_type::dish);
  const auto bound = dish.bind(unicast);
  CHECK(code_of([&] { (void)other.bind(bound); }) == errc::address_in_use);
  dish.unbind(bound);
  CHECK(code_of([&] { dish.unbind(bound); }) == errc::no_such_endpoint);
  CHECK(other.bind(bound) == bound);
  other.close();
  CHECK(dish.bind(bound) == bound);
}

TEST_CASE("udp: close right after send loses nothing") {
  ON_EVERY(where, over_udp());
  scene it{where, patience};
  raw_datagram raw;
  for (int round = 0; round < 20; ++round) {
    auto radio = it.open(socket_type::radio);
    radio.connect("udp://" + raw.name());
    for (int i = 0; i < 20; ++i)
      radio.send(to_group("g", std::to_string(i)));
    if (round % 2 == 0)
      radio.disconnect("udp://" + raw.name());
    CHECK(radio.close_for(patience));
    for (int i = 0; i < 20; ++i)
      REQUIRE(raw.recv() == "\1g" + std::to_string(i));
    auto dgram = it.open(socket_type::dgram);
    const auto bound = dgram.bind(unicast);
    for (int i = 0; i < 20; ++i)
      dgram.send(message{raw.name(), std::to_string(i)});
    if (round % 2 == 0)
      dgram.unbind(bound);
    dgram.close();
    for (int i = 0; i < 20; ++i)
      REQUIRE(raw.recv() == std::to_string(i));
  }
}

TEST_CASE("udp: after disconnect nothing goes there, elsewhere it does") {
  ON_EVERY(where, over_udp());
  scene it{where};
  raw_datagram left;
  raw_datagram right;
  auto radio = it.open(socket_type::radio);
  radio.connect("udp://" + left.name());
  radio.connect("udp://" + right.name());
  radio.send(to_group("g", "both"));
  CHECK(left.recv() == "\1gboth");
  CHECK(right.recv() == "\1gboth");
  radio.disconnect("udp://" + left.name());
  CHECK(code_of([&] { radio.disconnect("udp://" + left.name()); })
        == errc::no_such_endpoint);
  radio.send(to_group("g", "one"));
  CHECK(right.recv() == "\1gone");
  radio.connect("udp://" + left.name());
  radio.send(to_group("g", "again"));
  CHECK(left.recv() == "\1gagain");
}

TEST_CASE("udp: RCVHWM pauses reading, and reading goes on") {
  ON_EVERY(where, over_udp());
  scene it{where};
  auto dish = it.open(socket_type::dish);
  dish.set(option::rcvhwm, 4);
  dish.join("g");
  const auto endpoint = dish.bind(unicast);
  raw_datagram raw;
  for (int i = 0; i < 100; ++i)
    raw.send(endpoint, "\1g" + std::to_string(i));
  // What waits in the kernel is not lost as long as its buffer holds it.
  for (int i = 0; i < 100; ++i)
    REQUIRE(dish.recv().str() == std::to_string(i));
}

TEST_CASE("udp: a RADIO waits for nobody, a DISH and a DGRAM for what comes") {
  ON_EVERY(where, over_udp());
  scene it{where};
  auto radio = it.open(socket_type::radio);
  radio.send(to_group("g", "no endpoint"));
  radio.connect("udp://127.0.0.1:9");
  for (int i = 0; i < 10'000; ++i)
    radio.send(to_group("g", "nobody there"));
  auto dish = it.open(socket_type::dish);
  dish.join("g");
  const auto endpoint = dish.bind(unicast);
  raw_datagram raw;
  std::string heard;
  std::jthread waiting([&] { heard = dish.recv().str(); });
  raw.send(endpoint, "\1glate");
  waiting.join();
  CHECK(heard == "late");
  auto dgram = it.open(socket_type::dgram);
  std::jthread closing([&] { dgram.close(); });
  CHECK(code_of([&] { (void)dgram.recv(); }) == errc::not_a_socket);
}

TEST_CASE("udp: its events") {
  ON_EVERY(where, over_udp());
  scene it{where};
  auto dish = it.open(socket_type::dish);
  auto events = dish.monitor();
  const auto bound = dish.bind(unicast);
  CHECK(expect(events, event_kind::listening).local == bound);
  auto other = it.open(socket_type::dish);
  auto failures = other.monitor();
  CHECK(code_of([&] { (void)other.bind(bound); }));
  CHECK(expect(failures, event_kind::bind_failed).value == EADDRINUSE);
  dish.unbind(bound);
  CHECK(expect(events, event_kind::closed).local == bound);
  auto radio = it.open(socket_type::radio);
  auto radio_events = radio.monitor();
  radio.connect(bound);
  radio.disconnect(bound);
  CHECK(expect(radio_events, event_kind::closed).local == bound);
}

TEST_CASE("udp: contexts that end amid traffic") {
  ON_EVERY(where, over_udp());
  for (int round = 0; round < 10; ++round) {
    scene it{where};
    auto dish = it.open(socket_type::dish);
    dish.join("g");
    auto radio = it.open(socket_type::radio);
    radio.connect(dish.bind(unicast));
    std::jthread sending([&] {
      while (!code_of([&] { radio.send(to_group("g", "x")); })) {
      }
    });
    CHECK(dish.recv().str() == "x");
    it.ctx.term();
    CHECK(code_of([&] { (void)dish.recv(); }));
  }
}

} // namespace zmqrt::test
