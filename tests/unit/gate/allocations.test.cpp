// SPDX-License-Identifier: MPL-2.0
//
// In the steady state nothing is allocated, neither per message nor per
// batch: operator new is counted.

#include <cstdlib>
#include <functional>
#include <new>

#include "actors/gate/draft.hpp"
#include "actors/gate/inproc_registry.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/gate/fixtures.hpp"

namespace {

std::uint64_t allocations = 0; // this test has one thread

void* counted(std::size_t size) {
  ++allocations;
  if (void* const made = std::malloc(size == 0 ? 1 : size))
    return made;
  throw std::bad_alloc{};
}

} // namespace

void* operator new(std::size_t size) {
  return counted(size);
}
void operator delete(void* gone) noexcept {
  std::free(gone);
}
void operator delete(void* gone, std::size_t) noexcept {
  std::free(gone);
}

using namespace zmqrt;
using namespace zmqrt::test;

namespace {

std::uint64_t during(const std::function<void()>& what) {
  for (int i = 0; i < 20; ++i)
    what(); // until tables and pools have their size
  const std::uint64_t before = allocations;
  for (int i = 0; i < 100; ++i)
    what();
  return allocations - before;
}

struct texts {
  std::byte small[64]{};
  std::byte larger[2'000]{};
};

} // namespace

TEST_CASE("no allocation from send by way of a session to recv") {
  const auto push = make_gate(socket_type::push);
  const auto pull = make_gate(socket_type::pull);
  const auto out = *push->attach({});
  const auto in = *pull->attach({});
  batch moved;
  message next;
  const texts what;
  CHECK(during([&] {
          bool ok = true;
          for (int i = 0; i < 300; ++i) {
            ok = ok && !push->send(std::span{what.small}, patience::never());
            ok =
              ok
              && !push->send(message{std::span{what.small}}, patience::never());
            ok = ok && !push->send(std::span{what.larger}, patience::never());
          }
          push->take(out, moved);
          push->accepted(out, moved.messages(), moved.bytes());
          ok = pull->deliver(in, moved) && ok;
          for (int i = 0; i < 900; ++i)
            ok = ok && !pull->recv(next, patience::never());
          if (!ok)
            std::abort();
        })
        == 0);
}

TEST_CASE("no allocation on an inproc link") {
  actors::inproc_registry names;
  const auto push = make_gate(socket_type::push);
  const auto pull = make_gate(socket_type::pull);
  REQUIRE_FALSE(names.bind("n", pull));
  REQUIRE_FALSE(names.connect("n", push));
  message next;
  const texts what;
  CHECK(during([&] {
          bool ok = true;
          for (int i = 0; i < 500; ++i)
            ok = ok && !push->send(std::span{what.small}, patience::never());
          for (int i = 0; i < 500; ++i)
            ok = ok && !pull->recv(next, patience::never());
          for (int i = 0; i < 3; ++i) {
            ok = ok && !push->send(std::span{what.larger}, patience::never());
            ok = ok && !pull->recv(next, patience::never());
          }
          if (!ok)
            std::abort();
        })
        == 0);
  names.leave(push);
  names.leave(pull);
}

TEST_CASE("no allocation for a draft that is used again") {
  const auto push = make_gate(socket_type::push);
  const auto out = *push->attach({});
  gate::draft parts;
  batch moved;
  const texts what;
  CHECK(during([&] {
          bool ok = !push->open(parts, patience::never());
          ok = ok && !push->append(parts, frame{std::span{what.small}});
          ok = ok && !push->append(parts, frame{std::span{what.small}});
          ok = ok && !push->commit(parts, patience::never());
          push->take(out, moved);
          push->accepted(out, moved.messages(), moved.bytes());
          moved.clear();
          if (!ok)
            std::abort();
        })
        == 0);
}

TEST_CASE("no allocation for a ROUTER that answers") {
  const auto router = make_gate(socket_type::router);
  const auto pipe = *accept(*router, "peer");
  const batch asked = batch_with(message{"question"});
  batch moved;
  message next;
  CHECK(during([&] {
          bool ok = true;
          for (int i = 0; i < 300; ++i) {
            moved = asked;
            ok = ok && router->deliver(pipe, moved);
            ok = ok && !router->recv(next, patience::never());
            ok = ok && next.size() == 2;
            ok = ok && !router->send(std::move(next), patience::never());
          }
          moved.clear();
          router->take(pipe, moved);
          router->accepted(pipe, moved.messages(), moved.bytes());
          moved.clear();
          if (!ok)
            std::abort();
        })
        == 0);
}

TEST_CASE("no allocation from PUB to SUBs") {
  const auto pub = make_gate(socket_type::pub);
  const auto sub = make_gate(socket_type::sub);
  const auto in = *accept(*sub);
  REQUIRE_FALSE(sub->subscribe("topic", true));
  std::vector<pipe_id> pipes;
  for (const char* const who : {"a", "b", "c"}) {
    pipes.push_back(*accept(*pub, who));
    comes(*pub, pipes.back(), message{std::string_view{"\1topic"}});
  }
  batch moved;
  message next;
  CHECK(during([&] {
          bool ok = true;
          for (int i = 0; i < 300; ++i)
            ok = ok && !put(*pub, "topic, and something of it");
          for (const pipe_id pipe : pipes) {
            moved.clear();
            pub->take(pipe, moved);
            pub->accepted(pipe, moved.messages(), moved.bytes());
            ok = ok && moved.messages() == 300;
          }
          ok = ok && sub->deliver(in, moved);
          for (int i = 0; i < 300; ++i)
            ok = ok && !sub->recv(next, patience::never());
          if (!ok)
            std::abort();
        })
        == 0);
}
