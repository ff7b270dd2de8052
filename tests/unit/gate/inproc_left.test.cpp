// SPDX-License-Identifier: MPL-2.0
//
// Wishes that are left behind: who connected, sent, and left, before anybody
// bound the name.

#include <algorithm>
#include <thread>

#include "actors/gate/draft.hpp"
#include "actors/gate/inproc_registry.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/gate/fixtures.hpp"

using namespace zmqrt;
using namespace zmqrt::test;

namespace {

using wishes = std::vector<actors::wish_id>;

/// A gate that connects, sends so many messages, and leaves.
struct leaver {
  leaver(actors::inproc_registry& all, const char* name, int count,
         socket_type type = socket_type::push)
    : names(all), who(make_gate(type)) {
    REQUIRE_FALSE(names.connect(name, who));
    CHECK(fill(*who, count) == count);
    who->fail(make_error_code(errc::terminated));
    names.leave(who, &left);
    bells.resize(left.size());
    for (std::size_t i = 0; i < left.size(); ++i) {
      bells[i] = std::make_shared<counting_bell>();
      REQUIRE(names.watch(left[i], bells[i]));
    }
  }

  actors::inproc_registry& names;
  std::shared_ptr<gate> who;
  wishes left;
  std::vector<std::shared_ptr<counting_bell>> bells;
};

} // namespace

TEST_CASE("left wish: a bind gets the messages and ends it") {
  actors::inproc_registry names;
  leaver gone(names, "later", 3);
  REQUIRE(gone.left.size() == 1);
  CHECK(names.waits(gone.left[0]));
  CHECK(gone.who->unsent() == 3);
  const auto pull = make_gate(socket_type::pull, 1, 1);
  REQUIRE_FALSE(names.bind("later", pull));
  CHECK(gone.bells[0]->rung == 1);
  CHECK_FALSE(names.waits(gone.left[0]));
  CHECK(gone.who->unsent() == 0);
  CHECK(pull->readable());
  for (const auto* text : {"0", "1", "2", "-"})
    CHECK(get(*pull) == text);
  // It is over for good.
  names.drop(gone.left[0]);
  CHECK_FALSE(names.watch(gone.left[0], gone.bells[0]));
  names.leave(pull);
  CHECK(gone.bells[0]->rung == 1);
}

TEST_CASE("left wish: one with nothing to send is not left behind") {
  actors::inproc_registry names;
  leaver gone(names, "later", 0);
  CHECK(gone.left.empty());
  const auto pull = make_gate(socket_type::pull);
  REQUIRE_FALSE(names.bind("later", pull));
  CHECK(get(*pull) == "-");
  names.leave(pull);
}

TEST_CASE("left wish: a dropped one is gone with its messages") {
  actors::inproc_registry names;
  leaver gone(names, "later", 3);
  SECTION("by drop") {
    names.drop(gone.left.at(0));
  }
  SECTION("by the leaving of all") {
    names.leave(gone.who);
  }
  CHECK_FALSE(names.waits(gone.left[0]));
  CHECK(gone.who->unsent() == 0);
  const auto pull = make_gate(socket_type::pull);
  REQUIRE_FALSE(names.bind("later", pull));
  CHECK(get(*pull) == "-");
  CHECK(gone.bells[0]->rung == 0);
  names.leave(pull);
}

TEST_CASE("left wish: leaving again keeps it as it is") {
  actors::inproc_registry names;
  leaver gone(names, "later", 3);
  wishes again;
  names.leave(gone.who, &again);
  CHECK(again.empty());
  CHECK(names.waits(gone.left.at(0)));
  names.drop(gone.left[0]);
}

TEST_CASE("left wish: hopeless ones ring, and no more are left behind") {
  actors::inproc_registry names;
  leaver gone(names, "later", 3);
  names.give_up();
  CHECK(gone.bells.at(0)->rung == 1);
  CHECK_FALSE(names.waits(gone.left[0]));
  CHECK_FALSE(names.watch(gone.left[0], gone.bells[0]));
  // Its messages go when whoever looks after it says so.
  CHECK(gone.who->unsent() == 3);
  names.drop(gone.left[0]);
  CHECK(gone.who->unsent() == 0);
  leaver late(names, "later", 3);
  CHECK(late.left.empty());
  CHECK(late.who->unsent() == 0);
}

TEST_CASE("left wish: several names, several owners") {
  actors::inproc_registry names;
  leaver first(names, "a", 2);
  leaver second(names, "b", 1);
  leaver third(names, "a", 1);
  const auto pull = make_gate(socket_type::pull);
  REQUIRE_FALSE(names.bind("a", pull));
  CHECK(first.bells.at(0)->rung == 1);
  CHECK(second.bells.at(0)->rung == 0);
  CHECK(third.bells.at(0)->rung == 1);
  std::string all;
  for (int i = 0; i < 4; ++i)
    all += get(*pull);
  CHECK(std::count(all.begin(), all.end(), '0') == 2);
  CHECK(std::count(all.begin(), all.end(), '1') == 1);
  CHECK(all.back() == '-');
  REQUIRE_FALSE(names.bind("b", pull));
  CHECK(second.bells[0]->rung == 1);
  CHECK(get(*pull) == "0");
  names.leave(pull);
}

TEST_CASE("left wish: types that do not go together leave it alone") {
  actors::inproc_registry names;
  leaver gone(names, "later", 1);
  const auto push = make_gate(socket_type::push);
  REQUIRE_FALSE(names.bind("later", push));
  CHECK(names.waits(gone.left.at(0)));
  names.leave(push);
  const auto pull = make_gate(socket_type::pull);
  REQUIRE_FALSE(names.bind("later", pull));
  CHECK(get(*pull) == "0");
  names.leave(pull);
}

TEST_CASE("left wish: PAIRs are served one after the other") {
  actors::inproc_registry names;
  const auto server = make_gate(socket_type::pair);
  const auto peer = make_gate(socket_type::pair);
  REQUIRE_FALSE(names.bind("n", server));
  REQUIRE_FALSE(names.connect("n", peer));
  leaver first(names, "n", 2, socket_type::pair);
  leaver second(names, "n", 1, socket_type::pair);
  const auto alive = make_gate(socket_type::pair);
  REQUIRE_FALSE(names.connect("n", alive));
  CHECK(names.waits(first.left.at(0)));
  CHECK(get(*server) == "-");
  names.leave(peer);
  CHECK(first.bells[0]->rung == 1);
  CHECK(second.bells.at(0)->rung == 1);
  for (const auto* text : {"0", "1", "0", "-"})
    CHECK(get(*server) == text);
  REQUIRE_FALSE(put(*server, "to the one that is there"));
  CHECK(get(*alive) == "to the one that is there");
  names.leave(alive);
  names.leave(server);
}

TEST_CASE("left wish: a disconnected one takes nothing new") {
  actors::inproc_registry names;
  const auto push = make_gate(socket_type::push);
  REQUIRE_FALSE(names.connect("n", push));
  gate::draft parts;
  REQUIRE_FALSE(push->open(parts, patience::never()));
  REQUIRE_FALSE(push->append(parts, frame{"begun before"}));
  CHECK(fill(*push, 2) == 2);
  wishes left;
  REQUIRE_FALSE(names.disconnect("n", push, &left));
  REQUIRE(left.size() == 1);
  CHECK(names.disconnect("n", push, &left) == errc::no_such_endpoint);
  CHECK(put(*push, "x") == errc::again);
  REQUIRE_FALSE(push->commit(parts, patience::never()));
  REQUIRE_FALSE(names.connect("n", push));
  REQUIRE_FALSE(put(*push, "of the new connection"));
  const auto pull = make_gate(socket_type::pull);
  REQUIRE_FALSE(names.bind("n", pull));
  CHECK_FALSE(names.waits(left[0]));
  std::vector<std::string> old;
  std::string fresh;
  for (auto text = get(*pull); text != "-"; text = get(*pull)) {
    if (text == "of the new connection")
      fresh = text;
    else
      old.push_back(text);
  }
  CHECK_FALSE(fresh.empty());
  CHECK(old == std::vector<std::string>{"0", "1", "begun before"});
  REQUIRE_FALSE(put(*push, "on"));
  CHECK(get(*pull) == "on");
  names.leave(push);
  names.leave(pull);
}

TEST_CASE("left wish: a bind that races with the leaving gets all") {
  constexpr int rounds = 500;
  constexpr int count = 20;
  actors::inproc_registry names;
  for (int round = 0; round < rounds; ++round) {
    const auto push = make_gate(socket_type::push);
    const auto pull = make_gate(socket_type::pull);
    REQUIRE_FALSE(names.connect("n", push));
    REQUIRE(fill(*push, count) == count);
    const auto bell = std::make_shared<counting_bell>();
    bool watched = false;
    std::thread leaves{[&] {
      push->fail(make_error_code(errc::terminated));
      wishes left;
      names.leave(push, &left);
      watched = !left.empty() && names.watch(left[0], bell);
    }};
    std::error_code bound;
    std::string got;
    std::thread binds{[&] {
      bound = names.bind("n", pull);
      message next;
      for (int i = 0; i < count; ++i)
        if (!pull->recv(next, patience{20'000'000'000}))
          got += next.str() + ' ';
    }};
    leaves.join();
    binds.join();
    REQUIRE_FALSE(bound);
    std::string wanted;
    for (int i = 0; i < count; ++i)
      wanted += std::to_string(i) + ' ';
    REQUIRE(got == wanted);
    REQUIRE(bell->rung == (watched ? 1 : 0));
    names.leave(pull);
  }
}
