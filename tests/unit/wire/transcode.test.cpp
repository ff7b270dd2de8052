// SPDX-License-Identifier: MPL-2.0
//
// Batches for ZMTP 1.0 peers, and the count of what a peer got whole.

#include "libzmqrt/wire/transcode.hpp"

#include "tests/support/catch.hpp"
#include "tests/unit/wire/framed.hpp"
#include "tests/unit/wire/transcripts.hpp"

using namespace zmqrt;
using namespace zmqrt::wire;
using namespace zmqrt::wire_test;

namespace {

const std::vector<frames>& assorted() {
  static const std::vector<frames> all{
    {""},
    {"a", "", std::string(252, 'b')},
    {std::string(253, 'c')},
    {std::string(254, 'd'), std::string(255, 'e'), std::string(256, 'f')},
    {std::string(4095, 'g')},
    {std::string(4096, 'h'), "i"},
    {std::string(70000, 'j')},
  };
  return all;
}

} // namespace

TEST_CASE("What is written for a 1.0 peer, our own 1.0 side reads") {
  exact_source source;
  const batch canonical = framed(source, assorted());
  batch wire;
  REQUIRE(to_v1(canonical, wire, source));
  CHECK(wire.messages() == assorted().size());
  for (const std::size_t piece : {std::size_t{1} << 20, std::size_t{777}}) {
    listener to(options_of(socket_type::pull));
    to.feed(handshake_1());
    to.feed(flatten(wire), piece);
    CHECK(to.sound);
    CHECK(to.messages == assorted());
  }
}

TEST_CASE("Three messages in 1.0 framing, octet by octet") {
  exact_source source;
  batch wire;
  const batch canonical = framed(source, {{"hello"}, {"a", "", "b"}});
  REQUIRE(to_v1(canonical, wire, source));
  CHECK(flatten(wire)
        == hex("06 00 68656c6c6f" // 5 + 1, final, "hello"
               "02 01 61"         // 1 + 1, more, "a"
               "01 01"            // 0 + 1, more
               "02 00 62"));      // 1 + 1, final, "b"
}

TEST_CASE("Large bodies are shared, not copied") {
  exact_source source;
  const batch canonical = framed(source, {{std::string(100000, 'x')}});
  source.largest = 0;
  batch wire;
  REQUIRE(to_v1(canonical, wire, source));
  CHECK(source.largest < 100);
}

TEST_CASE("Without memory a batch stays as it was") {
  exact_source source;
  const batch canonical = framed(source, {{"hello"}});
  batch wire;
  source.refuse_above = 0;
  CHECK_FALSE(to_v1(canonical, wire, source));
  CHECK(wire.empty());
}

TEST_CASE("Whole messages are counted at every octet accepted") {
  exact_source source;
  const batch canonical = framed(source, assorted());
  batch old;
  REQUIRE(to_v1(canonical, old, source));
  for (const framing how : {framing::v2, framing::v1}) {
    const batch* wire = how == framing::v2 ? &canonical : &old;
    // Where each message ends, found by encoding one more each time.
    std::vector<std::size_t> ends;
    for (std::size_t n = 1; n <= assorted().size(); ++n) {
      const std::vector<frames> first(assorted().begin(),
                                      assorted().begin()
                                        + static_cast<std::ptrdiff_t>(n));
      batch part = framed(source, first);
      batch part_v1;
      if (how == framing::v1)
        REQUIRE(to_v1(part, part_v1, source));
      ends.push_back(how == framing::v1 ? part_v1.bytes() : part.bytes());
    }
    REQUIRE(ends.back() == wire->bytes());
    for (std::size_t n = 0; n < ends.size(); ++n) {
      CHECK(count_whole_messages(*wire, how, ends[n]) == n + 1);
      CHECK(count_whole_messages(*wire, how, ends[n] - 1) == n);
    }
    CHECK(count_whole_messages(*wire, how, 0) == 0);
  }
}
