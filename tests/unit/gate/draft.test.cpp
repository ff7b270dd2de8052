// SPDX-License-Identifier: MPL-2.0
//
// Partial messages: chosen and paid for at the first part, whole or not at
// all.

#include "actors/gate/draft.hpp"

#include "tests/support/catch.hpp"
#include "tests/unit/gate/fixtures.hpp"

using namespace zmqrt;
using namespace zmqrt::test;

namespace {

std::vector<std::string> frames_in(gate& from, pipe_id pipe) {
  batch out;
  from.take(pipe, out);
  from.accepted(pipe, out.messages(), out.bytes());
  batch_reader reader(shared_pool());
  reader.push(out);
  std::vector<std::string> texts;
  message next;
  while (reader.next(next)) {
    texts.emplace_back();
    for (std::size_t i = 0; i < next.size(); ++i)
      texts.back() += std::string{next[i].view()} + ";";
  }
  return texts;
}

} // namespace

TEST_CASE("a draft becomes one message, behind what was sent meanwhile") {
  const auto push = make_gate(socket_type::push);
  const auto bell = std::make_shared<counting_bell>();
  const auto pipe = *push->attach({bell, nullptr, -1, -1});
  gate::draft parts;
  CHECK_FALSE(parts.is_open());
  REQUIRE_FALSE(push->open(parts, patience::never()));
  CHECK(parts.is_open());
  REQUIRE_FALSE(push->append(parts, frame{"one"}));
  REQUIRE_FALSE(push->append(parts, frame{""}));
  REQUIRE_FALSE(put(*push, "between"));
  REQUIRE_FALSE(push->append(parts, frame{std::string(5'000, 'x')}));
  CHECK(push->unsent() == 1);
  REQUIRE_FALSE(push->commit(parts));
  CHECK_FALSE(parts.is_open());
  CHECK(push->unsent() == 2);
  CHECK(bell->rung == 1);
  CHECK(frames_in(*push, pipe)
        == std::vector<std::string>{"between;",
                                    "one;;" + std::string(5'000, 'x') + ";"});
  // It can be used again.
  REQUIRE_FALSE(push->open(parts, patience::never()));
  REQUIRE_FALSE(push->append(parts, frame{"two"}));
  REQUIRE_FALSE(push->commit(parts));
  CHECK(frames_in(*push, pipe) == std::vector<std::string>{"two;"});
}

TEST_CASE("an open draft has its credit, abandon gives it back") {
  const auto push = make_gate(socket_type::push, 2);
  const auto pipe = *push->attach({});
  gate::draft parts;
  REQUIRE_FALSE(push->open(parts, patience::never()));
  CHECK(push->unsent() == 0);
  CHECK(fill(*push) == 1);
  gate::draft other;
  CHECK(push->open(other, patience::never()) == errc::again);
  REQUIRE_FALSE(push->append(parts, frame{"gone"}));
  push->abandon(parts);
  CHECK_FALSE(parts.is_open());
  CHECK(fill(*push) == 1);
  CHECK(frames_in(*push, pipe) == std::vector<std::string>{"0;", "0;"});
}

TEST_CASE("a draft takes its turn when it is opened") {
  const auto push = make_gate(socket_type::push);
  const auto a = *push->attach({});
  const auto b = *push->attach({});
  gate::draft parts;
  REQUIRE_FALSE(push->open(parts, patience::never()));
  REQUIRE_FALSE(put(*push, "next"));
  REQUIRE_FALSE(push->append(parts, frame{"part"}));
  REQUIRE_FALSE(push->commit(parts));
  CHECK(frames_in(*push, a) == std::vector<std::string>{"part;"});
  CHECK(frames_in(*push, b) == std::vector<std::string>{"next;"});
}

TEST_CASE("a draft takes one turn, not another one when it is committed") {
  const auto push = make_gate(socket_type::push);
  const auto a = *push->attach({});
  const auto b = *push->attach({});
  gate::draft parts;
  REQUIRE_FALSE(push->open(parts, patience::never()));
  REQUIRE_FALSE(put(*push, "1"));
  REQUIRE_FALSE(push->append(parts, frame{"part"}));
  REQUIRE_FALSE(push->commit(parts));
  REQUIRE_FALSE(put(*push, "2"));
  REQUIRE_FALSE(put(*push, "3"));
  CHECK(frames_in(*push, a) == std::vector<std::string>{"part;", "2;"});
  CHECK(frames_in(*push, b) == std::vector<std::string>{"1;", "3;"});
}

TEST_CASE("a draft that goes elsewhere takes one turn there") {
  const auto push = make_gate(socket_type::push);
  const auto gone = *push->attach({});
  gate::draft parts;
  REQUIRE_FALSE(push->open(parts, patience::never()));
  REQUIRE_FALSE(push->append(parts, frame{"part"}));
  const auto a = *push->attach({});
  const auto b = *push->attach({});
  batch none;
  push->detach(gone, none);
  REQUIRE_FALSE(push->commit(parts));
  REQUIRE_FALSE(put(*push, "1"));
  REQUIRE_FALSE(put(*push, "2"));
  auto in_a = frames_in(*push, a);
  auto in_b = frames_in(*push, b);
  CHECK(in_a.size() + in_b.size() == 3);
  // One of the two has the draft and the second message after it.
  auto& first = in_a.size() == 2 ? in_a : in_b;
  auto& second = in_a.size() == 2 ? in_b : in_a;
  CHECK(first == std::vector<std::string>{"part;", "2;"});
  CHECK(second == std::vector<std::string>{"1;"});
}

TEST_CASE("a draft whose pipe ended goes elsewhere, whole") {
  const auto push = make_gate(socket_type::push);
  const auto first = *push->attach({});
  gate::draft parts;
  REQUIRE_FALSE(push->open(parts, patience::never()));
  REQUIRE_FALSE(push->append(parts, frame{"one"}));
  batch none;
  push->detach(first, none);
  SECTION("to another pipe, also one with the same number") {
    const auto second = *push->attach({});
    CHECK(second == first);
    REQUIRE_FALSE(push->append(parts, frame{"two"}));
    REQUIRE_FALSE(push->commit(parts));
    CHECK(frames_in(*push, second) == std::vector<std::string>{"one;two;"});
    CHECK(push->unsent() == 0);
  }
  SECTION("nowhere, when there is none") {
    CHECK(push->commit(parts) == errc::host_unreachable);
    CHECK_FALSE(parts.is_open());
  }
  SECTION("or is abandoned") {
    push->abandon(parts);
    CHECK_FALSE(parts.is_open());
  }
}

TEST_CASE("a draft takes as many frames as a message may have") {
  const auto push = make_gate(socket_type::push);
  REQUIRE(push->attach({}));
  gate::draft parts;
  for (int round = 0; round < 2; ++round) {
    REQUIRE_FALSE(push->open(parts, patience::never()));
    std::error_code why;
    std::size_t count = 0;
    while (!why && count <= most_frames)
      why = push->append(parts, frame{}), count += why ? 0U : 1U;
    CHECK(count == most_frames);
    CHECK(why == errc::message_too_long);
    CHECK_FALSE(push->commit(parts));
  }
}

TEST_CASE("misuse of a draft is told at the call") {
  const auto push = make_gate(socket_type::push);
  REQUIRE(push->attach({}));
  gate::draft parts;
  CHECK(push->append(parts, frame{"x"}) == errc::invalid_argument);
  CHECK(push->commit(parts) == errc::invalid_argument);
  push->abandon(parts);
  REQUIRE_FALSE(push->open(parts, patience::never()));
  CHECK(push->open(parts, patience::never()) == errc::invalid_argument);
  CHECK(push->commit(parts) == errc::invalid_argument); // no frames
  REQUIRE_FALSE(push->append(parts, frame{"x"}));
  push->fail(make_error_code(errc::terminated));
  CHECK(push->commit(parts) == errc::terminated);
  const auto pull = make_gate(socket_type::pull);
  CHECK(pull->open(parts, patience::never()) == errc::not_supported);
}
