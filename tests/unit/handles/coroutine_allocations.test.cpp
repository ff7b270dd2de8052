// SPDX-License-Identifier: MPL-2.0
//
// Awaiting a socket that is ready allocates nothing: operator new is counted.

#include <cstdlib>
#include <new>

#include "tests/support/catch.hpp"
#include "zmqrt/coroutine.hpp"
#include "zmqrt/zmqrt.hpp"

namespace {

thread_local std::uint64_t allocations = 0;

} // namespace

void* operator new(std::size_t size) {
  ++allocations;
  if (void* const made = std::malloc(size == 0 ? 1 : size))
    return made;
  throw std::bad_alloc{};
}
void operator delete(void* gone) noexcept {
  std::free(gone);
}
void operator delete(void* gone, std::size_t) noexcept {
  std::free(gone);
}

namespace zmqrt::test {

TEST_CASE("coroutines: what is ready costs no allocation") {
  context ctx;
  auto pull = ctx.socket(socket_type::pull);
  auto push = ctx.socket(socket_type::push);
  pull.bind("inproc://here");
  push.connect("inproc://here");
  coroutine_loop loop;
  loop.run([&]() -> task<> {
    for (int i = 0; i < 500; ++i) {
      co_await push.async_send(message("text"));
      (void)co_await pull.async_recv();
    }
    const auto before = allocations;
    for (int i = 0; i < 1000; ++i) {
      co_await push.async_send(message("text"));
      (void)co_await pull.async_recv();
    }
    CHECK(allocations == before);
  }());
}

} // namespace zmqrt::test
