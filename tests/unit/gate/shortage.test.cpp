// SPDX-License-Identifier: MPL-2.0
//
// Memory that runs short amid a send: the message is refused or dropped, and
// what was there before is whole. operator new fails on demand.

#include <array>
#include <cstdlib>
#include <new>

#include "tests/support/catch.hpp"
#include "tests/unit/gate/fixtures.hpp"

namespace {

constexpr int plenty = -1;
int allocations_left = plenty; // this test has one thread

} // namespace

void* operator new(std::size_t size) {
  if (allocations_left == 0)
    throw std::bad_alloc{};
  if (allocations_left != plenty)
    --allocations_left;
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

using namespace zmqrt;
using namespace zmqrt::test;

namespace {

/// While one is there, so many allocations are granted, and then none.
struct short_of_memory {
  explicit short_of_memory(int granted) {
    allocations_left = granted;
  }
  ~short_of_memory() {
    allocations_left = plenty;
  }
};

std::error_code put_without_memory(gate& into, const message& what,
                                   int granted = 0) {
  const short_of_memory now{granted};
  return into.send(what, patience::never());
}

/// What the pipe has; fails where that is no run of whole messages.
std::vector<std::string> whole_ones(gate& from, pipe_id pipe) {
  batch out;
  from.take(pipe, out);
  std::size_t size = 0;
  for (const segment& each : out.segments())
    size += each.size;
  CHECK(size == out.bytes());
  const auto count = out.messages();
  auto texts = texts_in(out);
  CHECK(texts.size() == count);
  return texts;
}

} // namespace

TEST_CASE("shortage: a batch takes all pieces of a message, or none") {
  const std::string header = "header";
  const std::string body = "body";
  const auto of = [](const std::string& text) {
    return segment{
      {}, reinterpret_cast<const std::byte*>(text.data()), text.size()};
  };
  const std::array<segment, 2> pieces{of(header), of(body)};
  for (int granted = 0; granted < 3; ++granted) {
    batch to;
    bool taken = false;
    {
      const short_of_memory now{granted};
      taken = to.append(pieces, 1);
    }
    CHECK(to.messages() == (taken ? 1 : 0));
    CHECK(to.bytes() == (taken ? 10 : 0));
    CHECK(to.segments().size() == (taken ? 2 : 0));
    CHECK(taken == (granted == 2));
  }
}

TEST_CASE("shortage: what goes to many arrives whole, or not") {
  const message what{std::string(2 * attach_threshold, 'x')};
  const auto text = joined(what);
  int refused = 0;
  int dropped = 0;
  for (int granted = 0; granted < 12; ++granted) {
    CAPTURE(granted);
    const auto pub = make_gate(socket_type::pub);
    std::vector<pipe_id> pipes;
    for (const char* const who : {"a", "b", "c"}) {
      pipes.push_back(*accept(*pub, who));
      comes(*pub, pipes.back(), message{std::string_view{"\1"}});
    }
    const auto why = put_without_memory(*pub, what, granted);
    refused += why ? 1 : 0;
    CHECK((!why || why == errc::no_memory));
    for (const pipe_id pipe : pipes) {
      const auto got = whole_ones(*pub, pipe);
      CHECK((got.empty() || got == std::vector{text}));
      dropped += !why && got.empty() ? 1 : 0;
    }
  }
  // Both have happened.
  CHECK(refused > 0);
  CHECK(dropped > 0);
}

namespace {

/// What REQ_CORRELATE puts in front of a socket's first request.
const std::uint32_t first_request = 1;
const std::string_view number_of_first{
  reinterpret_cast<const char*>(&first_request), sizeof first_request};

} // namespace

TEST_CASE("shortage: REQ_RELAXED keeps the reply it has for a failed send") {
  const bool numbered = GENERATE(false, true);
  const bool looked_at = GENERATE(false, true);
  CAPTURE(numbered, looked_at);
  socket_options options;
  options.req_relaxed = true;
  options.req_correlate = numbered;
  gate req(socket_type::req, options);
  const auto pipe = *req.attach({});
  REQUIRE_FALSE(put(req, "one"));
  REQUIRE(taken(req, pipe).size() == 1);
  comes(req, pipe,
        numbered ? message{number_of_first, "", "answer"}
                 : message{"", "answer"});
  if (looked_at)
    REQUIRE(req.readable()); // it is read ahead
  const message next{"two"};
  REQUIRE(put_without_memory(req, next) == errc::no_memory);
  CHECK(whole_ones(req, pipe).empty());
  SECTION("it can be read") {
    CHECK(get(req) == "answer");
    REQUIRE_FALSE(put(req, "two"));
  }
  SECTION("and is forgotten when the send succeeds") {
    REQUIRE_FALSE(put(req, "two"));
    CHECK(get(req) == "-");
  }
}
