// SPDX-License-Identifier: MPL-2.0
//
// zmq_poll(3) takes no memory once a thread has called it before. A program of
// its own, as it replaces operator new.

#include <cstddef>
#include <cstdlib>
#include <new>

#include <unistd.h>

#include "tests/c_api/scene.hpp"

namespace {

thread_local std::size_t taken_from_heap = 0;

} // namespace

void* operator new(std::size_t size) {
  ++taken_from_heap;
  if (void* const made = std::malloc(size))
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

TEST_CASE("poll: the next time takes no memory") {
  const context ctx;
  auto [pull, push] = ctx.connected(ZMQ_PULL, ZMQ_PUSH);
  int pipe[2];
  REQUIRE(::pipe(pipe) == 0);
  zmq_pollitem_t sockets[] = {{pull, 0, ZMQ_POLLIN, 0},
                              {push, 0, ZMQ_POLLIN, 0}};
  zmq_pollitem_t all[] = {{pull, 0, ZMQ_POLLIN, 0},
                          {nullptr, pipe[0], ZMQ_POLLIN, 0},
                          {push, 0, ZMQ_POLLIN, 0}};
  for (int i = 0; i < 3; ++i) {
    const auto before = taken_from_heap;
    const int found = zmq_poll(sockets, 2, 1) + zmq_poll(all, 3, 1);
    const auto taken = taken_from_heap - before;
    CHECK(found == 0);
    CHECK((i == 0 || taken == 0));
  }
  ::close(pipe[0]);
  ::close(pipe[1]);
}

} // namespace zmqrt::test
