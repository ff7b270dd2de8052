// SPDX-License-Identifier: MPL-2.0
//
// Which library the tests of this folder run on: the one that ctest means.

#include <cstdlib>
#include <string>

#include <dlfcn.h>

#include <zmq.h>

#include "tests/support/catch.hpp"

namespace {

std::string library() {
  Dl_info found{};
  REQUIRE(::dladdr(reinterpret_cast<void*>(&zmq_ctx_new), &found) != 0);
  return found.dli_fname;
}

} // namespace

TEST_CASE("a program linked with libzmq runs on the one it is given") {
  const char* const wanted = std::getenv("ZMQRT_C_API");
  REQUIRE(wanted != nullptr);
  const bool ours = library().find("/libzmq/") != std::string::npos;
  CHECK(ours == (std::string{wanted} == "zmqrt"));
}

TEST_CASE("the version is that of the header") {
  int major = 0;
  int minor = 0;
  int patch = 0;
  zmq_version(&major, &minor, &patch);
  CHECK(major == ZMQ_VERSION_MAJOR);
  CHECK(minor == ZMQ_VERSION_MINOR);
  CHECK(patch == ZMQ_VERSION_PATCH);
}
