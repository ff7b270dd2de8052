// SPDX-License-Identifier: MPL-2.0
//
// Buffers of the application: wherever a gate drops one, its free function
// may call a verb of that very socket, and where the registry of inproc names
// does, one that looks a name up.

#include <cstring>
#include <functional>

#include "actors/gate/draft.hpp"
#include "actors/gate/inproc_registry.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/eventually.hpp"
#include "tests/unit/gate/fixtures.hpp"

using namespace zmqrt;
using namespace zmqrt::test;

namespace {

/// Hands out buffers that look at something when they are freed.
struct lender {
  explicit lender(gate& of) : look([&of] { (void)of.unsent(); }) {
  }
  explicit lender(actors::inproc_registry& of)
    : look([&of] { (void)of.waits(1); }) {
  }

  frame lend(std::size_t size = 8'192) {
    auto* const bytes = new std::byte[size];
    std::memset(bytes, 'x', size); // no subscription
    return frame::adopt(bytes, size, &take_back, this);
  }

  static void take_back(void* data, void* hint) {
    delete[] static_cast<std::byte*>(data);
    auto& self = *static_cast<lender*>(hint);
    self.look(); // takes the lock
    ++self.back;
  }

  std::function<void()> look;
  std::atomic<int> back{0};
};

/// Runs `what` on a thread of its own, and gives up on it when it hangs.
template <class What>
void finishes(What what) {
  std::atomic<bool> done{false};
  std::thread runs([&] {
    what();
    done = true;
  });
  const auto end = std::chrono::steady_clock::now() + eventually_limit;
  while (!done && std::chrono::steady_clock::now() < end)
    std::this_thread::yield();
  if (!done) {
    std::fputs("a free function that calls a verb hangs\n", stderr);
    std::abort(); // the thread can never be joined
  }
  runs.join();
}

std::error_code put(gate& into, lender& from, std::size_t size = 8'192) {
  return into.send(message{from.lend(size)}, patience::never());
}

socket_options conflating() {
  socket_options options;
  options.conflate = true;
  return options;
}

} // namespace

TEST_CASE("foreign: discard") {
  finishes([] {
    const auto pair = make_gate(socket_type::pair);
    lender lends(*pair);
    const auto pipe = *pair->attach({});
    CHECK_FALSE(put(*pair, lends));
    batch in;
    batch_writer writer(shared_pool());
    CHECK(writer.append(in, message{lends.lend()}));
    CHECK(pair->deliver(pipe, in));
    CHECK(pair->discard() == 1);
    CHECK(lends.back == 2);
  });
}

TEST_CASE("foreign: an outbox with CONFLATE") {
  finishes([] {
    gate push(socket_type::push, conflating());
    lender lends(push);
    const auto pipe = *push.attach({});
    CHECK_FALSE(put(push, lends));
    CHECK_FALSE(put(push, lends));
    CHECK(lends.back == 1);
    batch taken;
    push.take(pipe, taken);
    CHECK_FALSE(put(push, lends));
    push.unplug(pipe, taken);
    CHECK(lends.back == 2);
    CHECK(push.unsent() == 1);
    push.discard();
    CHECK(lends.back == 3);
  });
}

TEST_CASE("foreign: an inbox with CONFLATE") {
  finishes([] {
    gate pull(socket_type::pull, conflating());
    lender lends(pull);
    const auto pipe = *pull.attach({});
    for (int i = 0; i < 3; ++i) {
      batch in;
      batch_writer writer(shared_pool());
      CHECK(writer.append(in, message{lends.lend()}));
      CHECK(writer.append(in, message{lends.lend()}));
      CHECK(pull.deliver(pipe, in));
      CHECK(lends.back == 2 * i + 1);
    }
    pull.discard();
    CHECK(lends.back == 6);
  });
}

TEST_CASE("foreign: what nobody takes over") {
  const auto type = GENERATE(socket_type::push, socket_type::pair);
  finishes([type] {
    const auto from = make_gate(type);
    lender lends(*from);
    const auto leaving = *from->attach({});
    CHECK_FALSE(put(*from, lends));
    CHECK_FALSE(put(*from, lends));
    if (type == socket_type::push)
      CHECK(from->attach({nullptr, nullptr, 1, -1}));
    {
      batch none;
      CHECK(from->detach(leaving, none) == (type == socket_type::push ? 1 : 2));
    }
    CHECK(lends.back == (type == socket_type::push ? 1 : 2));
    from->discard();
    CHECK(lends.back == 2);
  });
}

TEST_CASE("foreign: an inproc peer that closes") {
  finishes([] {
    actors::inproc_registry names;
    const auto push = make_gate(socket_type::push);
    const auto pull = make_gate(socket_type::pull);
    lender lends(*push);
    REQUIRE_FALSE(names.bind("n", pull));
    REQUIRE_FALSE(names.connect("n", push));
    CHECK_FALSE(put(*push, lends));
    CHECK_FALSE(put(*push, lends));
    names.leave(pull);
    CHECK(lends.back == 2);
    names.leave(push);
  });
}

TEST_CASE("foreign: a registry whose link or wish ends") {
  const auto how = GENERATE(as<std::string>{}, "peer leaves", "wish leaves",
                            "disconnect", "drop", "leave at last");
  CAPTURE(how);
  finishes([how] {
    actors::inproc_registry names;
    lender lends(names);
    auto push = make_gate(socket_type::push);
    const auto pull = make_gate(socket_type::pull);
    REQUIRE_FALSE(names.connect("n", push));
    CHECK_FALSE(put(*push, lends));
    CHECK_FALSE(put(*push, lends));
    std::vector<actors::wish_id> left;
    if (how == "peer leaves") {
      REQUIRE_FALSE(names.bind("n", pull));
      names.leave(pull);
    } else if (how == "wish leaves") {
      names.leave(push);
    } else if (how == "disconnect") {
      REQUIRE_FALSE(names.disconnect("n", push));
    } else {
      names.leave(push, &left);
      REQUIRE(left.size() == 1);
      CHECK(lends.back == 0);
      if (how == "drop") {
        push.reset(); // the wish has the gate's last reference
        names.drop(left.front());
      } else {
        names.leave(push);
      }
    }
    CHECK(lends.back == 2);
  });
}

TEST_CASE("foreign: a registry that fulfils a wish") {
  finishes([] {
    actors::inproc_registry names;
    lender lends(names);
    const auto holder = std::make_shared<gate>(socket_type::pull, conflating());
    const auto push = make_gate(socket_type::push);
    REQUIRE_FALSE(names.connect("n", push));
    CHECK_FALSE(put(*push, lends));
    CHECK_FALSE(put(*push, lends));
    std::vector<actors::wish_id> left;
    names.leave(push, &left);
    REQUIRE_FALSE(names.bind("n", holder));
    CHECK(lends.back == 1);
    names.leave(holder);
    holder->discard();
    CHECK(lends.back == 2);
  });
}

TEST_CASE("foreign: what an XPUB was told and nobody read") {
  finishes([] {
    actors::inproc_registry names;
    const auto xpub = make_gate(socket_type::xpub, 1000, 1);
    const auto xsub = make_gate(socket_type::xsub);
    lender lends(*xpub);
    REQUIRE_FALSE(names.bind("n", xpub));
    REQUIRE_FALSE(names.connect("n", xsub));
    for (int i = 0; i < 10; ++i)
      CHECK_FALSE(put(*xsub, lends));
    CHECK(lends.back == 8);
    names.leave(xsub);
    names.leave(xpub);
    while (get(*xpub) != "-") {
    }
    CHECK(lends.back == 10);
  });
}

TEST_CASE("foreign: small ones are copied, and freed when they are sent") {
  finishes([] {
    const auto push = make_gate(socket_type::push);
    lender lends(*push);
    REQUIRE(push->attach({}));
    std::vector<message> all;
    for (int i = 0; i < 3; ++i)
      all.emplace_back(lends.lend(100));
    std::size_t count = 0;
    CHECK_FALSE(push->send_batch(all, patience::never(), count));
    CHECK(count == 3);
    CHECK(lends.back == 3);
    CHECK_FALSE(put(*push, lends, 100));
    CHECK(lends.back == 4);
  });
}

TEST_CASE("foreign: what the message held that is received into") {
  finishes([] {
    const auto pull = make_gate(socket_type::pull);
    lender lends(*pull);
    const auto pipe = *pull->attach({});
    for (const bool several : {false, true}) {
      batch in = batch_of({"a"});
      CHECK(pull->deliver(pipe, in));
      message out{several ? frame{"x"} : lends.lend()};
      if (several)
        out.push_back(lends.lend());
      CHECK_FALSE(pull->recv(out, patience::never()));
      CHECK(out.str() == "a");
    }
    CHECK(lends.back == 2);
  });
}

TEST_CASE("foreign: drafts that are dropped") {
  finishes([] {
    const auto push = make_gate(socket_type::push);
    lender lends(*push);
    REQUIRE(push->attach({}));
    gate::draft parts;
    CHECK_FALSE(push->open(parts, patience::never()));
    CHECK_FALSE(push->append(parts, lends.lend()));
    CHECK_FALSE(push->append(parts, lends.lend(100)));
    push->abandon(parts);
    CHECK(lends.back == 2);
    CHECK_FALSE(push->open(parts, patience::never()));
    CHECK_FALSE(push->append(parts, lends.lend()));
    push->fail(make_error_code(errc::terminated));
    CHECK(push->commit(parts, patience::never()) == errc::terminated);
    CHECK(lends.back == 3);
  });
}
