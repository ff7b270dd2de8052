// SPDX-License-Identifier: MPL-2.0
//
// Options that libzmq takes as they come, as CZMQ's own test expects, and of
// which ours says at the bind or connect that they are unfit. Runs on libzmq,
// too, but for that: there the bind takes any descriptor, and the connect goes
// on without end.

#include <array>
#include <cerrno>
#include <string>

#include "tests/c_api/scene.hpp"

namespace zmqrt::test {

TEST_CASE("USE_FD: any descriptor is taken, and read back") {
  const context ctx;
  auto pull = ctx.open(ZMQ_PULL);
  const int fd = GENERATE(1, 777);
  CHECK(zmq_setsockopt(pull, ZMQ_USE_FD, &fd, sizeof fd) == 0);
  CHECK(pull.get(ZMQ_USE_FD) == fd);
  if (on_ours())
    CHECK(outcome{zmq_bind(pull, "tcp://127.0.0.1:*")} == failure(EINVAL));
}

TEST_CASE("SOCKS_PROXY: any text is taken, and read back") {
  const context ctx;
  auto push = ctx.open(ZMQ_PUSH);
  const std::string proxy = GENERATE("127.0.0.1", "127.0.0.1:nine");
  CHECK(zmq_setsockopt(push, ZMQ_SOCKS_PROXY, proxy.data(), proxy.size()) == 0);
  std::array<char, 100> held{};
  std::size_t size = held.size();
  CHECK(zmq_getsockopt(push, ZMQ_SOCKS_PROXY, held.data(), &size) == 0);
  CHECK(held.data() == proxy);
  if (on_ours())
    CHECK(outcome{zmq_connect(push, "tcp://127.0.0.1:9")} == failure(EINVAL));
}

} // namespace zmqrt::test
