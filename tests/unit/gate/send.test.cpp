// SPDX-License-Identifier: MPL-2.0
//
// The sending half of a gate, single-threaded: credit, doorbells, batches,
// and pipes that go.

#include "tests/support/catch.hpp"
#include "tests/unit/gate/fixtures.hpp"

using namespace zmqrt;
using namespace zmqrt::test;
using texts = std::vector<std::string>;

TEST_CASE("without a pipe a send would block, and PULL never sends") {
  const auto push = make_gate(socket_type::push);
  CHECK(put(*push, "x") == errc::again);
  CHECK_FALSE(push->writable());
  CHECK(push->send(message{}, patience::never()) == errc::invalid_argument);
  const auto pull = make_gate(socket_type::pull);
  CHECK(put(*pull, "x") == errc::not_supported);
  CHECK(get(*push) == "!" + make_error_code(errc::not_supported).message());
}

TEST_CASE("the bell rings when the outbox stops being empty, not before") {
  const auto push = make_gate(socket_type::push);
  const auto bell = std::make_shared<counting_bell>();
  const auto pipe = push->attach({bell, nullptr, -1, -1});
  REQUIRE(pipe);
  CHECK(push->writable());
  REQUIRE_FALSE(put(*push, "a"));
  CHECK(bell->rung == 1);
  REQUIRE_FALSE(put(*push, "b"));
  CHECK(bell->rung == 1);
  CHECK(taken(*push, *pipe) == texts{"a", "b"});
  REQUIRE_FALSE(put(*push, "c"));
  CHECK(bell->rung == 2);
}

TEST_CASE("all three ways to send one frame say the same on the wire") {
  const auto size =
    GENERATE(as<std::size_t>{}, 0, 1, 70, 71, 255, 256, 4095, 4096, 100'000);
  const auto push = make_gate(socket_type::push);
  const auto pipe = push->attach({});
  const std::string text(size, 'x');
  message moved{std::string_view{text}};
  REQUIRE_FALSE(push->send(std::move(moved), patience::never()));
  CHECK(moved.empty());
  const message shared{std::string_view{text}};
  REQUIRE_FALSE(push->send(shared, patience::never()));
  CHECK(shared.size() == 1);
  REQUIRE_FALSE(push->send(std::as_bytes(std::span{text}), patience::never()));
  CHECK(taken(*push, *pipe) == texts{text, text, text});
}

TEST_CASE("SNDBATCH_COUNT bounds what is taken at once") {
  socket_options some;
  some.sndbatch_count = 2;
  gate push{socket_type::push, some};
  const auto bell = std::make_shared<counting_bell>();
  const auto pipe = *push.attach({bell, nullptr, -1, -1});
  for (const auto* text : {"a", "b", "c"})
    REQUIRE_FALSE(put(push, text));
  CHECK(taken(push, pipe) == texts{"a", "b"});
  REQUIRE_FALSE(put(push, "d"));
  CHECK(bell->rung == 1); // it has not been empty since
  CHECK(taken(push, pipe) == texts{"c", "d"});
  CHECK(taken(push, pipe).empty());
  CHECK(push.unsent() == 0);
  CHECK(push.statistics().sent.batches == 2);
  REQUIRE_FALSE(put(push, "e"));
  CHECK(bell->rung == 2);
  CHECK(taken(push, pipe) == texts{"e"});
}

TEST_CASE("a peer that takes in pieces gets all, in order") {
  const std::size_t size = GENERATE(100, 5000);
  gate push{socket_type::push, socket_options{}};
  const auto bell = std::make_shared<counting_bell>();
  const auto pipe = *push.attach({bell, nullptr, -1, -1});
  constexpr std::size_t all = 200;
  for (std::size_t i = 0; i < all; ++i)
    REQUIRE_FALSE(put(push, std::to_string(1000 + i) + std::string(size, 'x')));
  const std::size_t about = 10 * size;
  std::size_t next = 0;
  std::size_t pieces = 0;
  for (batch part; push.take(pipe, part, about), !part.empty(); ++pieces) {
    CHECK(part.bytes() <= 2 * about);
    push.accepted(pipe, part.messages(), part.bytes());
    for (const auto& text : texts_in(part))
      CHECK(text.starts_with(std::to_string(1000 + next++)));
    part.clear();
  }
  CHECK(next == all);
  CHECK(pieces > 10);
  CHECK(push.unsent() == 0);
  CHECK(bell->rung == 1);
}

TEST_CASE("a message of more bytes than MAX_MSGSZ allows is refused") {
  socket_options some;
  some.most_message_bytes = 4;
  gate push{socket_type::push, some};
  const auto pipe = *push.attach({});
  CHECK_FALSE(put(push, "1234"));
  CHECK(put(push, "12345") == errc::message_too_long);
  std::vector<message> many;
  many.emplace_back("1");
  many.emplace_back(message{"12", "345"});
  std::size_t count = 0;
  CHECK_FALSE(push.send_batch(many, patience::never(), count));
  CHECK(count == 1);
  CHECK(push.send_batch(std::span{many}.subspan(1), patience::never(), count)
        == errc::message_too_long);
  CHECK(taken(push, pipe) == texts{"1234", "1"});
}

TEST_CASE("a message of more frames than a peer may send is refused") {
  const auto push = make_gate(socket_type::push);
  REQUIRE(push->attach({}));
  message large;
  for (std::size_t i = 0; i < most_frames; ++i)
    large.push_back(frame{});
  CHECK_FALSE(push->send(large, patience::never()));
  large.push_back(frame{});
  CHECK(push->send(large, patience::never()) == errc::message_too_long);
  std::vector<message> both(2);
  both[0] = message{"fits"};
  both[1] = std::move(large);
  std::size_t count = 0;
  CHECK_FALSE(push->send_batch(both, patience::never(), count));
  CHECK(count == 1);
  CHECK(push->send_batch(std::span{both}.subspan(1), patience::never(), count)
        == errc::message_too_long);
  CHECK(both[1].size() == most_frames + 1);
}

TEST_CASE("a refused message stays with the caller") {
  const auto push = make_gate(socket_type::push, 1);
  REQUIRE(push->attach({}));
  REQUIRE_FALSE(put(*push, "a"));
  message kept{"b"};
  CHECK(push->send(std::move(kept), patience::never()) == errc::again);
  CHECK(kept.str() == "b");
}

TEST_CASE("credit is taken at send and comes back in lumps") {
  const auto push = make_gate(socket_type::push, 10);
  const auto pipe = push->attach({});
  CHECK(fill(*push) == 10);
  CHECK(push->unsent() == 10);
  batch out;
  push->take(*pipe, out);
  CHECK(put(*push, "x") == errc::again); // taken is not accepted
  push->accepted(*pipe, 4, 12);
  CHECK(put(*push, "x") == errc::again); // less than (10 + 1) / 2
  CHECK(push->unsent(*pipe) == 6);
  push->accepted(*pipe, 1, 3);
  CHECK(fill(*push) == 5);
}

TEST_CASE("credit comes back when nothing is outstanding, or for 256 KiB") {
  const auto push = make_gate(socket_type::push, 10);
  const auto pipe = push->attach({});
  CHECK(fill(*push, 3) == 3);
  CHECK(taken(*push, *pipe).size() == 3);
  CHECK(fill(*push) == 10);
  push->accepted(*pipe, 1, 256 * 1024);
  CHECK(fill(*push) == 1);
}

TEST_CASE("HWM 0 is no limit") {
  const auto push = make_gate(socket_type::push, 0);
  REQUIRE(push->attach({}));
  CHECK(fill(*push, 50'000) == 50'000);
}

TEST_CASE("a pipe may have a mark of its own") {
  const auto push = make_gate(socket_type::push, 1000);
  REQUIRE(push->attach({nullptr, nullptr, 3, -1}));
  CHECK(fill(*push) == 3);
}

TEST_CASE("a changed SNDHWM takes effect on existing pipes at once") {
  const auto push = make_gate(socket_type::push, 2);
  REQUIRE(push->attach({}));
  CHECK(fill(*push) == 2);
  push->change_options([](socket_options& in, void*) { in.sndhwm = 5; },
                       nullptr);
  CHECK(fill(*push) == 3);
  push->change_options([](socket_options& in, void*) { in.sndhwm = 1; },
                       nullptr);
  CHECK(fill(*push) == 0);
  push->change_options([](socket_options& in, void*) { in.sndhwm = 0; },
                       nullptr);
  CHECK(fill(*push, 100) == 100);
}

TEST_CASE("nine messages to three peers are three each") {
  const auto push = make_gate(socket_type::push);
  std::vector<pipe_id> pipes;
  for (int i = 0; i < 3; ++i)
    pipes.push_back(*push->attach({}));
  CHECK(fill(*push, 9) == 9);
  CHECK(taken(*push, pipes[0]) == texts{"0", "3", "6"});
  CHECK(taken(*push, pipes[1]) == texts{"1", "4", "7"});
  CHECK(taken(*push, pipes[2]) == texts{"2", "5", "8"});
}

TEST_CASE("a full peer is skipped, a late joiner gets its share") {
  const auto push = make_gate(socket_type::push, 4);
  const auto slow = *push->attach({nullptr, nullptr, 1, -1});
  const auto quick = *push->attach({});
  CHECK(fill(*push) == 5);
  CHECK(taken(*push, slow).size() == 1);
  CHECK(taken(*push, quick).size() == 4);
  const auto late = *push->attach({});
  CHECK(fill(*push, 3) == 3);
  CHECK(taken(*push, late).size() == 1);
  CHECK(taken(*push, slow).size() == 1);
}

TEST_CASE("what a dead session did not get through is sent again, in order") {
  const auto push = make_gate(socket_type::push);
  const auto first = std::make_shared<counting_bell>();
  const auto pipe = *push->attach({first, nullptr, -1, -1});
  CHECK(fill(*push, 3) == 3);
  batch out;
  push->take(pipe, out);
  push->accepted(pipe, 1, 3);
  out.drop_front(1);
  CHECK(fill(*push, 1) == 1);
  push->unplug(pipe, out);
  CHECK(out.empty());
  CHECK(put(*push, "later") == std::error_code{});
  CHECK(push->unsent() == 4);
  CHECK(first->rung == 2);
  const auto second = std::make_shared<counting_bell>();
  push->plug(pipe, second, nullptr);
  CHECK(second->rung == 1);
  CHECK(taken(*push, pipe) == texts{"1", "2", "0", "later"});
  CHECK(push->unsent() == 0);
}

TEST_CASE("plugging an empty pipe rings nobody") {
  const auto push = make_gate(socket_type::push);
  const auto pipe = *push->attach({});
  const auto bell = std::make_shared<counting_bell>();
  push->plug(pipe, bell, nullptr);
  CHECK(bell->rung == 0);
}

TEST_CASE("PUSH hands what is left to others that have room") {
  const auto push = make_gate(socket_type::push, 4);
  const auto bell = std::make_shared<counting_bell>();
  const auto leaving = *push->attach({});
  CHECK(fill(*push) == 4);
  const auto staying = *push->attach({bell, nullptr, 3, -1});
  batch unaccepted;
  push->take(leaving, unaccepted);
  CHECK(push->detach(leaving, unaccepted) == 1);
  CHECK(bell->rung == 1);
  CHECK(taken(*push, staying) == texts{"0", "1", "2"});
  CHECK(push->unsent() == 0);
  CHECK(push->detach(leaving, unaccepted) == 0);
}

TEST_CASE("PAIR drops what is left") {
  const auto pair = make_gate(socket_type::pair);
  const auto pipe = *pair->attach({});
  CHECK(fill(*pair, 3) == 3);
  batch none;
  CHECK(pair->detach(pipe, none) == 3);
  CHECK(put(*pair, "x") == errc::again);
}

TEST_CASE("a slot is used again only after detach") {
  const auto push = make_gate(socket_type::push);
  const auto first = *push->attach({});
  const auto second = *push->attach({});
  CHECK(first != second);
  batch none;
  push->detach(first, none);
  CHECK(*push->attach({}) == first);
}

TEST_CASE("ten thousand pipes come and go") {
  const auto push = make_gate(socket_type::push);
  std::vector<pipe_id> pipes;
  for (int i = 0; i < 10'000; ++i)
    pipes.push_back(*push->attach({}));
  CHECK(fill(*push, 10'000) == 10'000);
  batch out;
  std::uint64_t dropped = 0;
  for (const auto pipe : pipes) {
    push->take(pipe, out);
    CHECK(out.messages() >= 1);
    push->accepted(pipe, out.messages(), out.bytes());
    out.clear();
    dropped += push->detach(pipe, out);
  }
  CHECK(dropped == 0);
  CHECK(put(*push, "x") == errc::again);
}

TEST_CASE("CONFLATE keeps the last message of an outbox") {
  auto options = with_hwm(2, 2);
  options.conflate = true;
  gate push(socket_type::push, options);
  const auto bell = std::make_shared<counting_bell>();
  const auto pipe = *push.attach({bell, nullptr, -1, -1});
  CHECK(fill(push, 1'000) == 1'000);
  CHECK(push.unsent() == 1);
  CHECK(bell->rung == 1);
  CHECK(taken(push, pipe) == texts{"999"});
  CHECK(push.unsent() == 0);
}

TEST_CASE("a batch is moved from as far as it fits") {
  const auto push = make_gate(socket_type::push, 3);
  const auto bell = std::make_shared<counting_bell>();
  const auto pipe = *push->attach({bell, nullptr, -1, -1});
  std::vector<message> all;
  for (int i = 0; i < 5; ++i)
    all.emplace_back(std::to_string(i));
  std::size_t count = 0;
  REQUIRE_FALSE(push->send_batch(all, patience::never(), count));
  CHECK(count == 3);
  CHECK(bell->rung == 1);
  CHECK(all[2].empty());
  CHECK(all[3].str() == "3");
  CHECK(push->send_batch(std::span{all}.subspan(3), patience::never(), count)
        == errc::again);
  CHECK(count == 0);
  CHECK(taken(*push, pipe) == texts{"0", "1", "2"});
}

TEST_CASE("verbs answer what fail() was given") {
  const auto pair = make_gate(socket_type::pair);
  const auto pipe = *pair->attach({});
  REQUIRE_FALSE(put(*pair, "a"));
  pair->fail(make_error_code(errc::terminated));
  CHECK(put(*pair, "b") == errc::terminated);
  pair->fail(make_error_code(errc::not_a_socket));
  CHECK(put(*pair, "b") == errc::not_a_socket);
  pair->fail(make_error_code(errc::terminated));
  CHECK(put(*pair, "b") == errc::not_a_socket);
  CHECK_FALSE(pair->writable());
  CHECK_FALSE(pair->attach({}));
  CHECK(pair->unsent() == 1); // for those who linger
  CHECK(taken(*pair, pipe) == texts{"a"});
}

TEST_CASE("discard drops what no session has taken") {
  const auto push = make_gate(socket_type::push);
  const auto pipe = *push->attach({});
  CHECK(fill(*push, 2) == 2);
  batch taken;
  push->take(pipe, taken);
  CHECK(fill(*push, 3) == 3);
  CHECK(push->discard() == 3);
  CHECK(put(*push, "x") == errc::not_a_socket);
  CHECK(push->detach(pipe, taken) == 2);
  CHECK(push->unsent() == 0);
}
