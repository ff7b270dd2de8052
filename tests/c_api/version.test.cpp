// SPDX-License-Identifier: MPL-2.0
//
// zmq_version(3) is in library.test.cpp; zmq_errno(3), zmq_strerror(3) and
// zmq_has(3).

#include <cerrno>
#include <cstring>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <zmq.h>

#include "tests/support/catch.hpp"

namespace {

constexpr int own_codes[] = {EFSM, ENOCOMPATPROTO, ETERM, EMTHREAD};

} // namespace

TEST_CASE("zmq_errno is the thread's errno") {
  errno = ENOBUFS;
  CHECK(zmq_errno() == ENOBUFS);
  int elsewhere = 0;
  std::thread{[&] {
    errno = EDOM;
    elsewhere = zmq_errno();
  }}.join();
  CHECK(elsewhere == EDOM);
  CHECK(zmq_errno() == ENOBUFS);
  errno = 0;
  CHECK(zmq_errno() == 0);
}

TEST_CASE("each of ZeroMQ's own errors has a text of its own") {
  std::set<std::string> texts;
  for (const int code : own_codes) {
    const char* const text = zmq_strerror(code);
    REQUIRE(text != nullptr);
    CHECK(std::string{text} != std::strerror(code)); // which does not know it
    CHECK(texts.insert(text).second);
    CHECK(zmq_strerror(code) == text); // stays where it is
  }
}

TEST_CASE("the system's errors have the system's texts") {
  for (const int code : {0, EINVAL, EAGAIN, ENOTSUP, ECONNREFUSED, 12345, -1,
                         ZMQ_HAUSNUMERO, EFSM - 1, EMTHREAD + 1}) {
    // Of an unknown code the next call may take the text away.
    const std::string text = std::strerror(code);
    CHECK(zmq_strerror(code) == text);
  }
}

TEST_CASE("asking for a text leaves errno alone") {
  errno = ETERM;
  for (const int code : own_codes)
    static_cast<void>(zmq_strerror(code));
  static_cast<void>(zmq_strerror(ENOENT));
  CHECK(errno == ETERM);
}

TEST_CASE("threads ask for texts at once") {
  std::vector<std::string> texts(4);
  std::vector<std::thread> all;
  for (std::string& each : texts)
    all.emplace_back([&each] {
      for (int round = 0; round < 1000; ++round) {
        each = zmq_strerror(ETERM);
        each += zmq_strerror(98'765);
      }
    });
  for (auto& each : all)
    each.join();
  for (const std::string& each : texts)
    CHECK(each == texts.front());
}

TEST_CASE("capabilities have names") {
  CHECK(zmq_has("ipc") == 1);
  CHECK(zmq_has("curve") == 1);
  CHECK(zmq_has("draft") == 0); // neither is a draft build
  for (const char* const name :
       {"", "IPC", "ipc ", "tcp", "vmci", "nonsense"}) {
    CAPTURE(name);
    CHECK(zmq_has(name) == 0);
  }
}
