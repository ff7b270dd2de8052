// SPDX-License-Identifier: MPL-2.0
//
// UDP endpoints, on every backend.

#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <netinet/in.h>
#include <sys/socket.h>

#include "tests/conformance/bed.hpp"
#include "tests/support/multicast_interface.hpp"
#include "tests/support/raw_datagram.hpp"

using namespace conformance;
using zmqrt::test::multicast_interface;
using zmqrt::test::raw_datagram;

#define ON_EVERY_BACKEND(in)                                                   \
  const auto backend = GENERATE(from_range(backends()));                       \
  CAPTURE(backend);                                                            \
  bed in {                                                                     \
    { backend, scheme::tcp }                                                   \
  }

namespace {

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span{text});
}

/// An endpoint that writes down what it is told.
class udp final : public datagram_handler {
public:
  udp(bed& in, const address& where, const datagram_options& options = {})
    : bed_(in) {
    auto opened = in.loop().open_datagram(where, options);
    REQUIRE(opened);
    link_ = std::move(*opened);
    link_->start(*this);
  }
  explicit udp(bed& in) : udp(in, *address::tcp("127.0.0.1", 0)) {
  }
  ~udp() {
    if (link_ != nullptr)
      finish();
  }

  void finish() {
    inside_ = true;
    link_->close();
    inside_ = false;
    bed_.until([&] { return closed; });
    link_.reset();
  }
  std::size_t send(std::string_view body, const address* to = nullptr) {
    const outgoing_datagram one{{}, bytes_of(body), to};
    inside_ = true;
    const auto done = link_->send({&one, 1});
    inside_ = false;
    return done;
  }
  datagram& link() {
    return *link_;
  }

  void on_datagrams(std::span<const received_datagram> which) override {
    CHECK_FALSE(inside_);
    most_at_once = std::max(most_at_once, which.size());
    for (const auto& each : which) {
      received.emplace_back(reinterpret_cast<const char*>(each.bytes.data()),
                            each.bytes.size());
      last_from = address{each.from, each.from_size};
    }
    bed_.happened();
  }
  void on_sendable() override {
    CHECK_FALSE(inside_);
    ++sendable;
    bed_.happened();
  }
  void on_datagram_closed() override {
    CHECK_FALSE(inside_);
    closed = true;
    bed_.happened();
  }

  std::vector<std::string> received;
  address last_from;
  std::size_t most_at_once = 0;
  int sendable = 0;
  bool closed = false;

private:
  bed& bed_;
  std::unique_ptr<datagram> link_;
  bool inside_ = false;
};

datagram_options towards() {
  datagram_options options;
  options.bound = false;
  return options;
}

} // namespace

TEST_CASE("datagrams go and come, whole and one by one") {
  ON_EVERY_BACKEND(in);
  udp here{in};
  udp there{in, here.link().local(), towards()};
  CHECK(there.link().local().size() == 0);
  here.link().receive(true);
  const std::string large(65507, 'l');
  for (const std::string_view each :
       {std::string_view{"one"}, std::string_view{}, std::string_view{large}})
    CHECK(there.send(each) == 1);
  in.until([&] { return here.received.size() == 3; });
  CHECK(here.received == std::vector<std::string>{"one", "", large});
  CHECK(there.link().counts().sent == 3);
  CHECK(here.link().counts().received == 3);
}

TEST_CASE("each datagram may have an address of its own, and has a sender") {
  ON_EVERY_BACKEND(in);
  udp here{in};
  raw_datagram one;
  raw_datagram other;
  const auto to_one = *address::tcp("127.0.0.1", one.port());
  const auto to_other = *address::tcp("127.0.0.1", other.port());
  const std::string_view texts[] = {"a", "b"};
  const outgoing_datagram both[] = {
    {bytes_of("to "), bytes_of("one"), &to_one},
    {bytes_of("to "), bytes_of("other"), &to_other},
  };
  CHECK(here.link().send(both) == 2);
  CHECK(one.recv() == "to one");
  CHECK(other.recv() == "to other");
  here.link().receive(true);
  one.send(here.link().local().port(), texts[0]);
  in.until([&] { return !here.received.empty(); });
  CHECK(here.last_from == to_one);
}

TEST_CASE("many datagrams need few reads") {
  ON_EVERY_BACKEND(in);
  udp here{in};
  raw_datagram there;
  for (int i = 0; i < 100; ++i)
    there.send(here.link().local().port(), std::to_string(i));
  here.link().receive(true);
  in.until([&] { return here.received.size() == 100; });
  for (std::size_t i = 0; i < 100; ++i)
    CHECK(here.received[i] == std::to_string(i));
  CHECK(here.most_at_once > 10);
}

TEST_CASE("what is longer than allowed is dropped, and counted") {
  ON_EVERY_BACKEND(in);
  datagram_options options;
  options.longest = 10;
  udp here{in, *address::tcp("127.0.0.1", 0), options};
  raw_datagram there;
  const auto port = here.link().local().port();
  there.send(port, "0123456789");
  there.send(port, "0123456789a");
  there.send(port, std::string(60'000, 'x'));
  there.send(port, "end");
  here.link().receive(true);
  in.until([&] { return here.received.size() == 2; });
  CHECK(here.received == std::vector<std::string>{"0123456789", "end"});
  CHECK(here.link().counts().cut == 2);
}

TEST_CASE("reading pauses, and goes on") {
  ON_EVERY_BACKEND(in);
  udp here{in};
  raw_datagram there;
  const auto port = here.link().local().port();
  there.send(port, "early");
  in.settle();
  CHECK(here.received.empty());
  here.link().receive(true);
  in.until([&] { return here.received.size() == 1; });
  here.link().receive(false);
  there.send(port, "meanwhile");
  in.settle();
  CHECK(here.received.size() == 1);
  here.link().receive(true);
  here.link().receive(false);
  here.link().receive(true);
  in.until([&] { return here.received.size() == 2; });
}

TEST_CASE("what the kernel refuses ends nothing but itself") {
  ON_EVERY_BACKEND(in);
  udp here{in};
  raw_datagram there;
  const auto good = *address::tcp("127.0.0.1", there.port());
  // Another family, a broadcast without leave, more than a datagram holds.
  const auto other = *address::tcp("::1", there.port());
  const auto all = *address::tcp("255.255.255.255", there.port());
  const std::string large(65508, 'x');
  const outgoing_datagram several[] = {
    {{}, bytes_of("first"), &good}, {{}, bytes_of("x"), &other},
    {{}, bytes_of("x"), &all},      {{}, bytes_of(large), &good},
    {{}, bytes_of("last"), &good},
  };
  CHECK(here.link().send(several) == 5);
  CHECK(there.recv() == "first");
  CHECK(there.recv() == "last");
  CHECK(here.link().counts().sent == 2);
  CHECK(here.link().counts().refused == 3);
}

TEST_CASE("nobody there is no error") {
  ON_EVERY_BACKEND(in);
  address gone;
  {
    udp once{in};
    gone = once.link().local();
  }
  udp here{in, gone, towards()};
  for (int i = 0; i < 3; ++i)
    CHECK(here.send("lost") == 1);
  CHECK(here.link().counts().sent == 3);
}

TEST_CASE("a full socket tells when there is room") {
  ON_EVERY_BACKEND(in);
  // A receiver's queue does not hold a sender up, but its own buffer does while
  // the datagrams wait there. On loopback they do not; so this is asked of the
  // one way that the kernel has to say it: the smallest buffer.
  datagram_options options = towards();
  options.sndbuf = 1;
  udp there{in};
  udp here{in, there.link().local(), options};
  const std::string large(60'000, 'x');
  std::size_t done = 0;
  for (int i = 0; i < 50; ++i) {
    done += here.send(large);
    if (done <= static_cast<std::size_t>(i)) {
      in.until([&] { return here.sendable > 0; });
      break;
    }
  }
  CHECK(here.link().counts().sent + here.link().counts().refused == done);
}

TEST_CASE("an address that is taken, and one that is not ours") {
  ON_EVERY_BACKEND(in);
  udp here{in};
  const auto open = [&](const address& where, datagram_options options = {}) {
    return in.loop().open_datagram(where, options).code();
  };
  CHECK(open(here.link().local()) == errc::address_in_use);
  CHECK(open(*address::tcp("192.0.2.77", 0)) == errc::address_not_available);
  datagram_options with;
  with.interface = "lo";
  CHECK(open(*address::tcp("127.0.0.1", 0), with) == errc::invalid_argument);
  with.interface = "no-such-if";
  CHECK(open(*address::tcp("239.1.2.3", 0), with) == errc::no_such_device);
  with = {};
  with.bind_to_device = "no-such-if";
  CHECK(open(*address::tcp("127.0.0.1", 0), with) == errc::no_such_device);
}

TEST_CASE("a group on the loopback interface") {
  ON_EVERY_BACKEND(in);
  datagram_options through;
  through.interface = GENERATE("lo", "127.0.0.1");
  udp first{in, *address::tcp("239.255.1.2", 0), through};
  const address group = first.link().local();
  CHECK(group.host() == "239.255.1.2");
  CHECK(group.port() != 0);
  through.bound = false;
  udp there{in, group, through};
  CHECK(there.send("to all") == 1);
  first.link().receive(true);
  in.until([&] { return first.received.size() == 1; });
}

TEST_CASE("an IPv6 group, and one that hears itself or does not") {
  ON_EVERY_BACKEND(in);
  // The loopback interface has no IPv6 groups, and hears what it sends anyway.
  const auto device = multicast_interface();
  if (device.empty())
    return;
  datagram_options through;
  through.interface = device;
  // Interface-local: nothing leaves this machine.
  udp first{in, *address::tcp("ff01::1234", 0), through};
  first.link().receive(true);
  through.bound = false;
  udp there{in, first.link().local(), through};
  through.multicast_loop = false;
  udp quiet{in, first.link().local(), through};
  CHECK(quiet.send("not to this machine") == 1);
  CHECK(there.send("to all") == 1);
  in.until([&] { return !first.received.empty(); });
  CHECK(first.received == std::vector<std::string>{"to all"});
}

TEST_CASE("several sockets may hear a group at one port") {
  ON_EVERY_BACKEND(in);
  datagram_options through;
  through.interface = "lo";
  // A port that was free a moment ago.
  const auto free =
    udp{in, *address::tcp("239.255.1.3", 0), through}.link().local();
  udp first{in, free, through};
  udp second{in, free, through};
  through.bound = false;
  udp there{in, free, through};
  first.link().receive(true);
  second.link().receive(true);
  CHECK(there.send("to all") == 1);
  in.until(
    [&] { return first.received.size() == 1 && second.received.size() == 1; });
}

TEST_CASE("an IPv6 endpoint speaks IPv4, too") {
  ON_EVERY_BACKEND(in);
  udp here{in, *address::tcp("::", 0)};
  CHECK(here.link().family() == AF_INET6);
  raw_datagram there;
  here.link().receive(true);
  there.send(here.link().local().port(), "v4");
  in.until([&] { return here.received.size() == 1; });
  CHECK(here.last_from.unmapped() == *address::tcp("127.0.0.1", there.port()));
  const auto back = address::tcp("127.0.0.1", there.port())->mapped();
  CHECK(here.send("back", &back) == 1);
  CHECK(there.recv() == "back");
}

TEST_CASE("one that was never started may just go") {
  ON_EVERY_BACKEND(in);
  const auto files = open_files();
  {
    auto opened = in.loop().open_datagram(*address::tcp("127.0.0.1", 0), {});
    REQUIRE(opened);
  }
  CHECK(open_files() == files);
}

TEST_CASE("closing frees the port, from within a callback too") {
  ON_EVERY_BACKEND(in);
  const auto files = open_files();
  for (int i = 0; i < 20; ++i) {
    udp here{in};
    here.link().receive(true);
    const auto where = here.link().local();
    here.finish();
    udp again{in, where};
  }
  CHECK(open_files() == files);
}
