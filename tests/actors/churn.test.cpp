// SPDX-License-Identifier: MPL-2.0
//
// What comes and goes while sockets live on: connections, subscriptions,
// monitors. A few rounds in the suite; minutes of them by the tag [soak].

#include "tests/actors/churn.hpp"

#include <memory>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "tests/actors/raw_peer.hpp"

namespace zmqrt::test {

namespace {

// -- connections --------------------------------------------------------------

/// Sockets that stay, and guests of theirs that come, exchange a message, and
/// go; and sockets of a round's own.
class connections {
public:
  explicit connections(scene& it) : it_(it) {
    using enum socket_type;
    for (const auto& [type, guest] :
         {std::pair{pull, push}, std::pair{rep, req}, std::pair{router, dealer},
          std::pair{server, client}, std::pair{gather, scatter},
          std::pair{xpub, sub}}) {
      auto made = it.open(type);
      auto endpoint = made.bind(it.fresh());
      hosts_.push_back({made, guest, std::move(endpoint)});
    }
    if (it.is_wire()) {
      stream_ = it.open(stream);
      stream_endpoint_ = stream_.bind(it.fresh());
      nobody_.emplace(it.transport == "tcp" ? "tcp://127.0.0.1:0" : it.fresh(),
                      false);
    }
  }

  void round() {
    ++number_;
    for (auto& each : hosts_)
      receive_guest(each);
    rebind();
    leave_pending();
    pair_with_unread();
    if (it_.is_wire()) {
      break_off();
      be_refused();
      talk_plainly();
    }
  }

private:
  struct host {
    socket bound;
    socket_type guest;
    std::string endpoint;
  };

  void receive_guest(host& at) {
    auto guest = it_.open(at.guest);
    if (at.guest == socket_type::sub)
      guest.subscribe("t");
    guest.connect(at.endpoint);
    exchange(at, guest);
    leave(std::move(guest), at.endpoint);
    if (at.guest == socket_type::sub)
      REQUIRE(at.bound.recv().str() == std::string_view("\0t", 2));
  }

  static void exchange(host& at, socket& guest) {
    if (at.guest == socket_type::sub) {
      REQUIRE(at.bound.recv().str() == "\1t");
      at.bound.send("text");
      REQUIRE(guest.recv().str() == "text");
      return;
    }
    guest.send("text");
    auto got = at.bound.recv();
    REQUIRE(got[got.size() - 1].view() == "text");
    if (at.guest == socket_type::push || at.guest == socket_type::scatter)
      return;
    at.bound.send(std::move(got));
    REQUIRE(guest.recv().str() == "text");
  }

  /// Another way each round.
  void leave(socket guest, const std::string& endpoint) const {
    switch (number_ % 4) {
    case 0:
      guest.close();
      break;
    case 1:
      REQUIRE(guest.close_for(patience));
      break;
    case 2:
      guest.disconnect(endpoint);
      break;
    default:
      break; // its handle goes
    }
  }

  void rebind() {
    auto pull = it_.pull();
    auto push = it_.eager_push();
    const auto first = pull.bind(it_.fresh());
    push.connect(first);
    require_passes(push, pull, "first");
    pull.unbind(first);
    const auto second = pull.bind(it_.fresh());
    push.connect(second);
    push.disconnect(first);
    require_passes(push, pull, "second");
    eventually_is([&] { return code_of([&] { (void)pull.bind(first); }); },
                  std::error_code{});
    auto other = it_.push_to(first);
    require_passes(other, pull, "third");
    pull.unbind(second);
  }

  /// Connects to where nobody is, and goes with what it has queued.
  void leave_pending() {
    const auto nowhere = nobody_ ? nobody_->endpoint() : it_.fresh();
    auto push = it_.eager_push();
    push.connect(nowhere);
    REQUIRE(push.try_send(message{"a", std::string(5000, 'b')}));
    if (number_ % 2 == 0)
      push.disconnect(nowhere);
    auto sub = it_.open(socket_type::sub);
    sub.subscribe("t");
    sub.connect(nowhere);
    sub.disconnect(nowhere);
    sub.connect(nowhere);
  }

  /// Both ends go while messages are under way.
  void pair_with_unread() {
    auto bound = it_.pair();
    auto other = it_.pair();
    other.connect(bound.bind(it_.fresh()));
    require_passes(other, bound, "x");
    for (int i = 0; i < 20; ++i) {
      bound.send(std::string(1000, 'a'));
      other.send(std::string(1000, 'b'));
    }
    if (number_ % 2 == 0)
      bound.close();
    other.close();
  }

  /// Bare peers that end at any moment. Most by a reset, which also keeps the
  /// kernel's list of ports that rest short.
  void break_off() {
    auto& to = hosts_.front();
    { const raw_peer at_once{to.endpoint}; }
    const auto proper = greeting() + ready("PUSH");
    const auto whole = proper + message_of("raw");
    for (const auto size : {std::size_t{3}, std::size_t{64}, proper.size() - 1,
                            proper.size(), whole.size() - 1}) {
      raw_peer some{to.endpoint};
      (void)some.write(std::string_view{whole}.substr(0, size));
      some.reset();
    }
    raw_peer all{to.endpoint};
    REQUIRE(all.write(whole));
    REQUIRE(to.bound.recv().str() == "raw");
    all.reset();
  }

  void be_refused() {
    const auto& to = hosts_.front().endpoint;
    for (const auto& bytes :
         {std::string{"GET / HTTP/1.1\r\n\r\n"}, greeting("PLAIN"),
          greeting() + ready("PULL"), greeting() + ready("NONSENSE"),
          greeting() + message_of("too early")}) {
      const raw_peer bad{to};
      (void)bad.write(bytes);
      (void)bad.read_to_end();
    }
    auto other = it_.pull(); // PULL with PULL
    other.set(option::reconnect_ivl, infinite);
    auto events = other.monitor();
    other.connect(to);
    await(events, {event_kind::handshake_failed_protocol,
                   event_kind::handshake_failed_no_detail});
  }

  void talk_plainly() {
    raw_peer guest{stream_endpoint_};
    REQUIRE(stream_.recv()[1].empty());
    REQUIRE(guest.write("hello"));
    auto got = stream_.recv();
    REQUIRE(got[1].view() == "hello");
    stream_.send(std::move(got));
    REQUIRE(guest.read(5) == "hello");
    guest.close();
    REQUIRE(stream_.recv()[1].empty());
  }

  scene& it_;
  std::vector<host> hosts_;
  socket stream_;
  std::string stream_endpoint_;
  std::optional<raw_server> nobody_;
  std::size_t number_ = 0;
};

// -- subscriptions ------------------------------------------------------------

/// Three SUBs whose topics come and go while their PUB publishes; in each
/// round a connection is lost amid it, or one side is made anew.
class subscriptions {
public:
  explicit subscriptions(scene& it)
    : it_(it), pub_(it.open(socket_type::pub)),
      endpoint_(pub_.bind(it.fresh())) {
    for (std::size_t i = 0; i < 3; ++i)
      subs_.push_back(connected());
    eventually_is([&] { return pub_.peers().size(); }, subs_.size());
  }

  void round() {
    ++number_;
    for (std::size_t which = 0; which < subs_.size(); ++which)
      for (std::size_t i = 0; i < each; ++i) {
        subs_[which].subscribe(topic(which, i));
        pub_.send(topic(which, i));
      }
    if (it_.is_wire())
      cut_subscriber();
    lose();
    await_topics(subs_.size() * each);
    for (std::size_t which = 0; which < subs_.size(); ++which)
      hear(subs_[which], topic(which, 0) + "round " + std::to_string(number_));
    for (std::size_t i = 0; i < each; ++i)
      for (std::size_t which = 0; which < subs_.size(); ++which) {
        pub_.send(topic(which, i));
        subs_[which].unsubscribe(topic(which, i));
      }
    await_topics(0);
    for (auto& sub : subs_)
      while (sub.try_recv())
        ;
  }

private:
  static constexpr std::size_t each = 12;

  [[nodiscard]] socket connected() {
    auto made = it_.open(socket_type::sub);
    made.set(option::reconnect_ivl, milliseconds{1});
    made.connect(endpoint_);
    return made;
  }

  /// The first is short, the others have any length, another one each round.
  [[nodiscard]] std::string topic(std::size_t which, std::size_t i) const {
    auto text = std::to_string(which) + ':' + std::to_string(i) + ':';
    if (i > 0)
      text.append((i * 397 + number_ * 101) % 1500,
                  static_cast<char>('a' + number_ % 26));
    return text;
  }

  void await_topics(std::size_t count) {
    eventually_is([&] { return pub_.get(option::topics_count); },
                  static_cast<int>(count));
  }

  /// The connection may be on its way: says it until it is heard.
  void hear(socket& sub, const std::string& text) {
    eventually_is(
      [&] {
        pub_.send(text);
        while (const auto got = sub.try_recv())
          if (got->str() == text)
            return true;
        return false;
      },
      true);
  }

  /// Ends in the middle of a subscription.
  void cut_subscriber() {
    const raw_peer cut{endpoint_};
    auto bytes = greeting() + ready("SUB");
    for (std::size_t i = 0; i < each; ++i)
      bytes += command("SUBSCRIBE", topic(9, i));
    (void)cut.write(std::string_view{bytes}.substr(0, bytes.size() - 1));
  }

  void lose() {
    const auto which = number_ / 4 % subs_.size();
    auto& sub = subs_[which];
    switch (number_ % 4) {
    case 0:
      sub.disconnect(endpoint_);
      sub.connect(endpoint_);
      break;
    case 1:
      sub = connected();
      for (std::size_t i = 0; i < each; ++i)
        sub.subscribe(topic(which, i));
      break;
    case 2:
      if (it_.is_wire()) // inproc does not come back
        replace_publisher();
      break;
    default:
      break;
    }
  }

  void replace_publisher() {
    pub_.close();
    pub_ = it_.open(socket_type::pub);
    eventually_is([&] { return code_of([&] { (void)pub_.bind(endpoint_); }); },
                  std::error_code{});
  }

  scene& it_;
  socket pub_;
  std::string endpoint_;
  std::vector<socket> subs_;
  std::size_t number_ = 0;
};

// -- monitors -----------------------------------------------------------------

/// Monitors, pollers and readiness of sockets that stay, of a socket where
/// nothing ever happens, and of one that comes and goes.
class monitors {
public:
  explicit monitors(scene& it)
    : it_(it), pull_(it.pull()), quiet_(it.pull()), unread_(pull_.monitor()),
      endpoint_(pull_.bind(it.fresh())) {
  }

  void round() {
    ++number_;
    for (int i = 0; i < 8; ++i) {
      const auto of_quiet = quiet_.monitor();
      const auto unread = pull_.monitor();
    }
    auto at_pull = pull_.monitor();
    const auto accepts =
      pull_.monitor(static_cast<std::uint32_t>(event_kind::accepted));
    auto push = it_.push();
    auto at_push = push.monitor();
    auto all = std::make_unique<poller>();
    watch_all(*all, push, at_pull);
    visit(push, at_pull, *all);
    if (number_ % 2 == 0)
      all.reset();
    if (number_ % 3 == 0)
      at_pull = quiet_.monitor();
    push.close();
    while (at_push.recv_for(patience))
      ; // to its end
  }

private:
  void watch_all(poller& all, const socket& push, const monitor& at_pull) {
    all.add(pull_, poll_events::in, 1);
    all.add(quiet_, poll_events::in, 2);
    all.add(push, poll_events::out, 3);
    all.add(at_pull, 4);
    for (int i = 0; i < 8; ++i) {
      poller other;
      other.add(pull_, poll_events::in);
      other.add(quiet_, poll_events::in);
      if (i % 2 == 0)
        other.remove(quiet_);
      const readiness of_quiet{quiet_, poll_events::in};
    }
  }

  /// A connection, some of its events, and a message that is waited for.
  void visit(socket& push, monitor& at_pull, poller& all) {
    const readiness input{pull_, poll_events::in};
    const readiness room{push, poll_events::out};
    const own_file fd;
    all.add(fd.number, poll_events::in, 5);
    push.connect(endpoint_);
    if (it_.is_wire()) {
      const raw_peer garbage{endpoint_};
      (void)garbage.write("GET / HTTP/1.1\r\n\r\n");
      await(at_pull, event_kind::handshake_failed_protocol);
    }
    push.send("x");
    eventually_is(
      [&] {
        for (const auto& each : all.wait(patience))
          if (each.tag == 1)
            return true;
        return false;
      },
      true);
    pollfd one{input.fd(), POLLIN, 0};
    REQUIRE(::poll(&one, 1, static_cast<int>(patience.count())) == 1);
    REQUIRE(pull_.recv().str() == "x");
    all.remove(fd.number);
    if (number_ % 4 == 0)
      all.remove(push);
  }

  /// A file descriptor of the application.
  struct own_file {
    own_file() = default;
    own_file(const own_file&) = delete;
    own_file& operator=(const own_file&) = delete;
    ~own_file() {
      ::close(number);
    }
    int number = ::eventfd(0, EFD_CLOEXEC);
  };

  scene& it_;
  socket pull_;
  socket quiet_;
  monitor unread_;
  std::string endpoint_;
  std::size_t number_ = 0;
};

template <class Churn>
void require_steady_churn(std::string_view what, const place& where,
                          const stint& quarter) {
  scene it{where};
  Churn churn{it};
  require_steady(what, where, quarter, [&] { churn.round(); });
}

/// Of the suite: the same code, so that it cannot rot.
constexpr stint few{12};

} // namespace

TEST_CASE("churn: connections come and go, and leave nothing") {
  ON_EVERY(where, places());
  require_steady_churn<connections>("connections", where, few);
}

TEST_CASE("churn: subscriptions come and go, and leave nothing") {
  ON_EVERY(where, places());
  require_steady_churn<subscriptions>("subscriptions", where, few);
}

TEST_CASE("churn: monitors come and go, and leave nothing") {
  ON_EVERY(where, places());
  require_steady_churn<monitors>("monitors", where, few);
}

TEST_CASE("churn: minutes of connections", "[.][soak]") {
  ON_EVERY(where, places());
  require_steady_churn<connections>("connections", where,
                                    soak_stint(places().size()));
}

TEST_CASE("churn: minutes of subscriptions", "[.][soak]") {
  ON_EVERY(where, places());
  require_steady_churn<subscriptions>("subscriptions", where,
                                      soak_stint(places().size()));
}

TEST_CASE("churn: minutes of monitors", "[.][soak]") {
  ON_EVERY(where, places());
  require_steady_churn<monitors>("monitors", where,
                                 soak_stint(places().size()));
}

} // namespace zmqrt::test
