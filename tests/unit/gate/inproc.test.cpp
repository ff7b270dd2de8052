// SPDX-License-Identifier: MPL-2.0
//
// inproc endpoints and links, single-threaded: names, wishes, the shared
// bound, and how links end.

#include <limits>

#include "actors/gate/draft.hpp"
#include "actors/gate/inproc_registry.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/gate/fixtures.hpp"

using namespace zmqrt;
using namespace zmqrt::test;

namespace {

struct linked {
  explicit linked(int send_hwm = 1000, int receive_hwm = 1000,
                  socket_type from = socket_type::push,
                  socket_type to = socket_type::pull)
    : push(make_gate(from, send_hwm, send_hwm)),
      pull(make_gate(to, receive_hwm, receive_hwm)) {
    REQUIRE_FALSE(names.bind("here", pull));
    REQUIRE_FALSE(names.connect("here", push));
  }
  ~linked() {
    names.leave(push);
    names.leave(pull);
  }

  actors::inproc_registry names;
  std::shared_ptr<gate> push;
  std::shared_ptr<gate> pull;
};

void set_hwm(gate& of, int hwm) {
  of.change_options(
    [](socket_options& in, void* to) {
      in.sndhwm = in.rcvhwm = *static_cast<int*>(to);
    },
    &hwm);
}

} // namespace

TEST_CASE("inproc: messages pass in order, in batches and one by one") {
  linked ends;
  CHECK_FALSE(ends.pull->readable());
  for (int round = 0; round < 3; ++round) {
    REQUIRE_FALSE(put(*ends.push, "a"));
    REQUIRE_FALSE(put(*ends.push, "b"));
    CHECK(ends.pull->readable());
    CHECK(get(*ends.pull) == "a");
    REQUIRE_FALSE(put(*ends.push, "c"));
    CHECK(get(*ends.pull) == "b");
    CHECK(get(*ends.pull) == "c");
    CHECK(get(*ends.pull) == "-");
    CHECK_FALSE(ends.pull->readable());
  }
}

TEST_CASE("inproc: what the peer has is not unsent") {
  linked ends;
  CHECK(fill(*ends.push, 3) == 3);
  CHECK(ends.push->unsent() == 3);
  CHECK(get(*ends.pull) == "0");
  CHECK(ends.push->unsent() == 0);
}

TEST_CASE("inproc: connect before bind") {
  actors::inproc_registry names;
  const auto push = make_gate(socket_type::push);
  const auto pull = make_gate(socket_type::pull);
  REQUIRE_FALSE(names.connect("later", push));
  REQUIRE_FALSE(put(*push, "early"));
  CHECK_FALSE(names.bind("later", pull));
  REQUIRE_FALSE(put(*push, "late"));
  CHECK(get(*pull) == "early");
  CHECK(get(*pull) == "late");
  CHECK(get(*pull) == "-");
  names.leave(push);
  names.leave(pull);
}

TEST_CASE("inproc: with IMMEDIATE there is no pipe before the bind") {
  actors::inproc_registry names;
  socket_options options;
  options.immediate = true;
  const auto push = std::make_shared<gate>(socket_type::push, options);
  const auto pull = make_gate(socket_type::pull);
  REQUIRE_FALSE(names.connect("later", push));
  CHECK(put(*push, "x") == errc::again);
  REQUIRE_FALSE(names.bind("later", pull));
  REQUIRE_FALSE(put(*push, "x"));
  CHECK(get(*pull) == "x");
  names.leave(push);
  names.leave(pull);
}

TEST_CASE("inproc: with HWM 1 and 1 the third send would block") {
  linked ends(1, 1);
  REQUIRE_FALSE(put(*ends.push, "1"));
  REQUIRE_FALSE(put(*ends.push, "2"));
  CHECK(put(*ends.push, "3") == errc::again);
  CHECK(get(*ends.pull) == "1");
  REQUIRE_FALSE(put(*ends.push, "3"));
  CHECK(put(*ends.push, "4") == errc::again);
  CHECK(get(*ends.pull) == "2");
  CHECK(get(*ends.pull) == "3");
}

TEST_CASE("inproc: the bound is the sum, and credit comes back in lumps") {
  linked ends(6, 4);
  CHECK(fill(*ends.push) == 10);
  for (int i = 0; i < 4; ++i)
    CHECK(get(*ends.pull) == std::to_string(i));
  CHECK(fill(*ends.push) == 0);
  CHECK(get(*ends.pull) == "4");
  CHECK(fill(*ends.push) == 5);
}

TEST_CASE("inproc: no bound when either side has none") {
  const auto none_at = GENERATE(0, 1);
  linked ends(none_at == 0 ? 0 : 5, none_at == 1 ? 0 : 5);
  CHECK(fill(*ends.push, 10'000) == 10'000);
  for (int i = 0; i < 10'000; ++i)
    REQUIRE(get(*ends.pull) == std::to_string(i));
  CHECK(get(*ends.pull) == "-");
}

TEST_CASE("inproc: a changed mark of either side counts at once") {
  linked ends(1, 1);
  CHECK(fill(*ends.push) == 2);
  set_hwm(*ends.pull, 4);
  CHECK(fill(*ends.push) == 3);
  set_hwm(*ends.push, 0);
  CHECK(fill(*ends.push, 100) == 100);
  set_hwm(*ends.push, 1);
  CHECK(fill(*ends.push) == 0);
  while (get(*ends.pull) != "-")
    continue;
  CHECK(fill(*ends.push) == 5);
}

TEST_CASE("inproc: a lowered mark gives back what has been read") {
  // Less than a lump of the old marks, or of none at all, and more than the
  // new marks allow.
  const int before = GENERATE(1'000, 0);
  const bool sender_first = GENERATE(true, false);
  CAPTURE(before, sender_first);
  linked ends(before, before);
  CHECK(fill(*ends.push, 500) == 500);
  for (int i = 0; i < 500; ++i)
    REQUIRE(get(*ends.pull) == std::to_string(i));
  set_hwm(sender_first ? *ends.push : *ends.pull, 100);
  set_hwm(sender_first ? *ends.pull : *ends.push, 100);
  CHECK(fill(*ends.push) == 200);
}

TEST_CASE("inproc: the sum of two marks may exceed an int") {
  constexpr int most = std::numeric_limits<int>::max();
  linked ends(most, most);
  CHECK(fill(*ends.push, 100) == 100);
  CHECK(get(*ends.pull) == "0");
}

TEST_CASE("inproc: names are taken once, and given back") {
  actors::inproc_registry names;
  const auto a = make_gate(socket_type::pull);
  const auto b = make_gate(socket_type::pull);
  REQUIRE_FALSE(names.bind("n", a));
  CHECK(names.bind("n", b) == errc::address_in_use);
  CHECK(names.bind("n", a) == errc::address_in_use);
  CHECK(names.unbind("n", b) == errc::no_such_endpoint);
  CHECK(names.unbind("m", a) == errc::no_such_endpoint);
  REQUIRE_FALSE(names.unbind("n", a));
  REQUIRE_FALSE(names.bind("n", b));
  names.leave(b);
  REQUIRE_FALSE(names.bind("n", a));
  names.leave(a);
  CHECK(names.disconnect("n", a) == errc::no_such_endpoint);
}

TEST_CASE("inproc: after unbind links stay, and new ones wait") {
  linked ends;
  REQUIRE_FALSE(ends.names.unbind("here", ends.pull));
  REQUIRE_FALSE(put(*ends.push, "a"));
  CHECK(get(*ends.pull) == "a");
  const auto late = make_gate(socket_type::push);
  REQUIRE_FALSE(ends.names.connect("here", late));
  REQUIRE_FALSE(put(*late, "b"));
  CHECK(get(*ends.pull) == "-");
  REQUIRE_FALSE(ends.names.bind("here", ends.pull));
  CHECK(get(*ends.pull) == "b");
  ends.names.leave(late);
}

TEST_CASE("inproc: types that do not go together are refused") {
  actors::inproc_registry names;
  const auto pull = make_gate(socket_type::pull);
  const auto other = make_gate(socket_type::pull);
  REQUIRE_FALSE(names.bind("n", pull));
  CHECK(names.connect("n", other) == errc::connection_refused);
  names.leave(pull);
}

TEST_CASE("inproc: PAIR takes one peer; the second waits for its place") {
  actors::inproc_registry names;
  const auto server = make_gate(socket_type::pair);
  const auto first = make_gate(socket_type::pair);
  const auto second = make_gate(socket_type::pair);
  REQUIRE_FALSE(names.bind("n", server));
  REQUIRE_FALSE(names.connect("n", first));
  REQUIRE_FALSE(names.connect("n", second));
  REQUIRE_FALSE(put(*first, "from the first"));
  REQUIRE_FALSE(put(*second, "from the second"));
  REQUIRE_FALSE(put(*server, "to the first"));
  CHECK(get(*first) == "to the first");
  CHECK(get(*second) == "-");
  names.leave(first);
  CHECK(get(*server) == "from the first");
  CHECK(get(*server) == "from the second");
  REQUIRE_FALSE(put(*server, "to the second"));
  CHECK(get(*second) == "to the second");
  names.leave(server);
  names.leave(second);
}

TEST_CASE("inproc: a second connect of a PAIR is refused") {
  actors::inproc_registry names;
  const auto pair = make_gate(socket_type::pair);
  const auto peer = make_gate(socket_type::pair);
  const auto other = make_gate(socket_type::pair);
  REQUIRE_FALSE(names.bind("here", peer));
  const bool bound = GENERATE(true, false);
  if (bound)
    REQUIRE_FALSE(names.bind("there", other));
  REQUIRE_FALSE(names.connect("here", pair));
  CHECK(names.connect("there", pair) == errc::invalid_argument);
  CHECK(names.disconnect("there", pair) == errc::no_such_endpoint);
  // It left nothing behind: the other one is free for somebody else.
  if (!bound)
    REQUIRE_FALSE(names.bind("there", other));
  const auto late = make_gate(socket_type::pair);
  REQUIRE_FALSE(names.connect("there", late));
  REQUIRE_FALSE(put(*late, "x"));
  CHECK(get(*other) == "x");
  REQUIRE_FALSE(put(*pair, "y"));
  CHECK(get(*peer) == "y");
  pair->fail(make_error_code(errc::terminated));
  CHECK(names.connect("there", pair) == errc::terminated);
  for (const auto& each : {pair, peer, other, late})
    names.leave(each);
}

TEST_CASE("inproc: what a closing socket sent has reached its peer") {
  linked ends;
  CHECK(fill(*ends.push, 100) == 100);
  CHECK(get(*ends.pull) == "0");
  CHECK(fill(*ends.push, 100) == 100);
  ends.names.leave(ends.push);
  CHECK(put(*ends.push, "x") == errc::again);
  ends.push.reset();
  for (int i = 1; i < 200; ++i)
    REQUIRE(get(*ends.pull) == std::to_string(i % 100));
  CHECK(get(*ends.pull) == "-");
  ends.push = make_gate(socket_type::push);
}

TEST_CASE("inproc: a peer that closes hands its messages to another one") {
  linked ends;
  const auto other = make_gate(socket_type::pull);
  CHECK(fill(*ends.push, 4) == 4);
  REQUIRE_FALSE(ends.names.bind("there", other));
  REQUIRE_FALSE(ends.names.connect("there", ends.push));
  ends.names.leave(ends.pull);
  CHECK(fill(*ends.push, 1) == 1);
  CHECK(get(*other) == "0");
  CHECK(get(*other) == "1");
  CHECK(get(*other) == "2");
  CHECK(get(*other) == "3");
  CHECK(get(*other) == "0");
  CHECK(get(*other) == "-");
  ends.names.leave(other);
}

TEST_CASE("inproc: disconnect ends both ways, what was sent stays readable") {
  linked ends(1000, 1000, socket_type::pair, socket_type::pair);
  REQUIRE_FALSE(put(*ends.push, "there"));
  REQUIRE_FALSE(put(*ends.pull, "back"));
  REQUIRE_FALSE(ends.names.disconnect("here", ends.push));
  CHECK(ends.names.disconnect("here", ends.push) == errc::no_such_endpoint);
  CHECK(put(*ends.push, "x") == errc::again);
  CHECK(put(*ends.pull, "x") == errc::again);
  CHECK(get(*ends.pull) == "there");
  CHECK(get(*ends.push) == "back");
  CHECK(get(*ends.push) == "-");
  REQUIRE_FALSE(ends.names.connect("here", ends.push));
  REQUIRE_FALSE(put(*ends.push, "again"));
  CHECK(get(*ends.pull) == "again");
}

TEST_CASE("inproc: disconnect of a connect that is still pending") {
  actors::inproc_registry names;
  const auto push = make_gate(socket_type::push);
  REQUIRE_FALSE(names.connect("never", push));
  REQUIRE_FALSE(put(*push, "x"));
  REQUIRE_FALSE(names.disconnect("never", push));
  CHECK(put(*push, "x") == errc::again);
  CHECK(push->unsent() == 0);
  const auto pull = make_gate(socket_type::pull);
  REQUIRE_FALSE(names.bind("never", pull));
  CHECK(get(*pull) == "-");
  names.leave(pull);
  names.leave(push);
}

TEST_CASE("inproc: nine messages to three PULLs are three each") {
  actors::inproc_registry names;
  const auto push = make_gate(socket_type::push);
  std::vector<std::shared_ptr<gate>> pulls;
  for (const auto* name : {"a", "b", "c"}) {
    pulls.push_back(make_gate(socket_type::pull));
    REQUIRE_FALSE(names.bind(name, pulls.back()));
    REQUIRE_FALSE(names.connect(name, push));
  }
  CHECK(fill(*push, 9) == 9);
  for (const auto& pull : pulls) {
    for (int i = 0; i < 3; ++i)
      CHECK(get(*pull) != "-");
    CHECK(get(*pull) == "-");
    names.leave(pull);
  }
  names.leave(push);
}

TEST_CASE("inproc: CONFLATE gives the newest") {
  actors::inproc_registry names;
  socket_options options;
  options.conflate = true;
  const auto push = make_gate(socket_type::push, 2);
  const auto pull = std::make_shared<gate>(socket_type::pull, options);
  REQUIRE_FALSE(names.bind("n", pull));
  REQUIRE_FALSE(names.connect("n", push));
  CHECK(fill(*push, 5) == 5);
  CHECK(pull->readable());
  REQUIRE_FALSE(put(*push, "newer"));
  CHECK(get(*pull) == "newer");
  CHECK(get(*pull) == "-");
  names.leave(push);
  names.leave(pull);
}

TEST_CASE("inproc: drafts pass whole") {
  linked ends(1, 1);
  gate::draft parts;
  REQUIRE_FALSE(ends.push->open(parts, patience::never()));
  REQUIRE_FALSE(ends.push->append(parts, frame{"one"}));
  CHECK(fill(*ends.push) == 1);
  REQUIRE_FALSE(ends.push->append(parts, frame{"two"}));
  CHECK(get(*ends.pull) == "0");
  REQUIRE_FALSE(ends.push->commit(parts, patience::never()));
  CHECK(get(*ends.pull) == "one|two");
}
