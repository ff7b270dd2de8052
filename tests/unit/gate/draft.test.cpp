// SPDX-License-Identifier: MPL-2.0
//
// Partial messages: chosen and paid for at the first part, or routed at
// commit(, patience::never()); whole or not at all.

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

TEST_CASE("a draft of more bytes than MAX_MSGSZ allows is refused") {
  socket_options some;
  some.most_message_bytes = 4;
  gate push{socket_type::push, some};
  const auto pipe = *push.attach({});
  gate::draft parts;
  REQUIRE_FALSE(push.open(parts, patience::never()));
  CHECK(push.append(parts, frame{"12345"}) == errc::message_too_long);
  REQUIRE_FALSE(push.append(parts, frame{"123"}));
  CHECK(push.append(parts, frame{"45"}) == errc::message_too_long);
  REQUIRE_FALSE(push.append(parts, frame{"4"}));
  REQUIRE_FALSE(push.commit(parts, patience::never()));
  CHECK(frames_in(push, pipe) == std::vector<std::string>{"123;4;"});
  REQUIRE_FALSE(push.open(parts, patience::never()));
  REQUIRE_FALSE(push.append(parts, frame{"1234"}));
  push.abandon(parts);
}

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
  REQUIRE_FALSE(push->commit(parts, patience::never()));
  CHECK_FALSE(parts.is_open());
  CHECK(push->unsent() == 2);
  CHECK(bell->rung == 1);
  CHECK(frames_in(*push, pipe)
        == std::vector<std::string>{"between;",
                                    "one;;" + std::string(5'000, 'x') + ";"});
  // It can be used again.
  REQUIRE_FALSE(push->open(parts, patience::never()));
  REQUIRE_FALSE(push->append(parts, frame{"two"}));
  REQUIRE_FALSE(push->commit(parts, patience::never()));
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
  REQUIRE_FALSE(push->commit(parts, patience::never()));
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
  REQUIRE_FALSE(push->commit(parts, patience::never()));
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
  REQUIRE_FALSE(push->commit(parts, patience::never()));
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
    REQUIRE_FALSE(push->commit(parts, patience::never()));
    CHECK(frames_in(*push, second) == std::vector<std::string>{"one;two;"});
    CHECK(push->unsent() == 0);
  }
  SECTION("later, when there is none") {
    CHECK(push->commit(parts, patience::never()) == errc::again);
    CHECK(parts.is_open());
    const auto second = *push->attach({});
    REQUIRE_FALSE(push->commit(parts, patience::never()));
    CHECK(frames_in(*push, second) == std::vector<std::string>{"one;"});
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
    CHECK_FALSE(push->commit(parts, patience::never()));
  }
}

namespace {

/// A whole message, part by part.
std::error_code write_parts(gate& into, gate::draft& by,
                            std::initializer_list<std::string_view> parts) {
  if (const auto why = into.open(by, patience::never()))
    return why;
  for (const auto part : parts)
    if (const auto why = into.append(by, frame{part}))
      return why;
  return into.commit(by, patience::never());
}

} // namespace

TEST_CASE("a draft of a PUB goes to who wants it, whole") {
  const auto pub = make_gate(socket_type::pub);
  const auto hears = *accept(*pub);
  const auto other = *accept(*pub);
  comes(*pub, hears, message{std::string_view{"\1topic"}});
  gate::draft parts;
  CHECK_FALSE(write_parts(*pub, parts, {"topic", "", "body"}));
  CHECK_FALSE(parts.is_open());
  CHECK(taken(*pub, hears) == std::vector<std::string>{"topic||body"});
  CHECK(taken(*pub, other).empty());
  // What is said meanwhile comes first; what is abandoned, never.
  REQUIRE_FALSE(pub->open(parts, patience::never()));
  REQUIRE_FALSE(pub->append(parts, frame{"topic 2"}));
  REQUIRE_FALSE(put(*pub, "topic 1"));
  REQUIRE_FALSE(pub->commit(parts, patience::never()));
  REQUIRE_FALSE(pub->open(parts, patience::never()));
  REQUIRE_FALSE(pub->append(parts, frame{"topic 3"}));
  pub->abandon(parts);
  CHECK_FALSE(parts.is_open());
  CHECK(taken(*pub, hears) == std::vector<std::string>{"topic 1", "topic 2"});
}

TEST_CASE("a draft of a ROUTER goes where its first frame says") {
  auto options = with_hwm(1, 1);
  options.router_mandatory = true;
  gate router(socket_type::router, options);
  const auto a = *accept(router, "a");
  const auto b = *accept(router, "b");
  gate::draft parts;
  CHECK_FALSE(write_parts(router, parts, {"b", "", "one"}));
  CHECK(write_parts(router, parts, {"nobody", "x"}) == errc::host_unreachable);
  CHECK_FALSE(parts.is_open());
  // At its mark: it can be tried again.
  CHECK(write_parts(router, parts, {"b", "two"}) == errc::again);
  CHECK(parts.is_open());
  CHECK(taken(router, b) == std::vector<std::string>{"|one"});
  CHECK_FALSE(router.commit(parts, patience::never()));
  CHECK(taken(router, b) == std::vector<std::string>{"two"});
  CHECK(taken(router, a).empty());
}

TEST_CASE("a draft of a REQ takes its turn when it is committed") {
  const auto req = make_gate(socket_type::req);
  const auto pipe = *req->attach({});
  gate::draft parts;
  gate::draft second;
  REQUIRE_FALSE(req->open(second, patience::never()));
  REQUIRE_FALSE(req->append(second, frame{"late"}));
  CHECK_FALSE(write_parts(*req, parts, {"que", "stion"}));
  CHECK(taken(*req, pipe) == std::vector<std::string>{"|que|stion"});
  CHECK(req->commit(second, patience::never()) == errc::fsm);
  CHECK_FALSE(second.is_open());
  comes(*req, pipe, message{"", "answer"});
  CHECK(get(*req) == "answer");
  CHECK_FALSE(write_parts(*req, parts, {"next"}));
}

TEST_CASE("a draft of a REP answers its question") {
  const auto rep = make_gate(socket_type::rep);
  const auto from = *accept(*rep);
  gate::draft parts;
  CHECK(write_parts(*rep, parts, {"early"}) == errc::fsm);
  comes(*rep, from, message{"hop", "", "question"});
  CHECK(get(*rep) == "question");
  CHECK_FALSE(write_parts(*rep, parts, {"an", "swer"}));
  CHECK(taken(*rep, from) == std::vector<std::string>{"hop||an|swer"});
}

TEST_CASE("misuse of a draft is told at the call") {
  const auto push = make_gate(socket_type::push);
  REQUIRE(push->attach({}));
  gate::draft parts;
  CHECK(push->append(parts, frame{"x"}) == errc::invalid_argument);
  CHECK(push->commit(parts, patience::never()) == errc::invalid_argument);
  push->abandon(parts);
  REQUIRE_FALSE(push->open(parts, patience::never()));
  CHECK(push->open(parts, patience::never()) == errc::invalid_argument);
  CHECK(push->commit(parts, patience::never())
        == errc::invalid_argument); // no frames
  REQUIRE_FALSE(push->append(parts, frame{"x"}));
  push->fail(make_error_code(errc::terminated));
  CHECK(push->commit(parts, patience::never()) == errc::terminated);
  const auto pull = make_gate(socket_type::pull);
  CHECK(pull->open(parts, patience::never()) == errc::not_supported);
  const auto sub = make_gate(socket_type::sub);
  CHECK(sub->open(parts, patience::never()) == errc::not_supported);
  const auto server = make_gate(socket_type::server);
  REQUIRE_FALSE(server->open(parts, patience::never()));
  CHECK(server->commit(parts, patience::never())
        == errc::invalid_argument); // no frames
  REQUIRE_FALSE(server->append(parts, frame{"x"}));
  CHECK(server->append(parts, frame{"y"}) == errc::invalid_argument);
  server->abandon(parts);
  const auto pub = make_gate(socket_type::pub);
  pub->fail(make_error_code(errc::terminated));
  CHECK(pub->open(parts, patience::never()) == errc::terminated);
}
