// SPDX-License-Identifier: MPL-2.0
//
// PUSH, PULL and PAIR as policies: who may send, who may read, who comes next.

#include <vector>

#include "libzmqrt/patterns/pattern.hpp"
#include "tests/support/catch.hpp"

using namespace zmqrt;
using namespace zmqrt::patterns;

namespace {

const socket_options defaults;

} // namespace

TEST_CASE("every type has a pattern, and nothing else has") {
  for (std::size_t type = 0; type < socket_types; ++type)
    CHECK(make_pattern(static_cast<socket_type>(type), defaults) != nullptr);
  CHECK(make_pattern(static_cast<socket_type>(socket_types), defaults)
        == nullptr);
}

TEST_CASE("PUSH skips a full pipe and takes it back") {
  const auto push = make_pattern(socket_type::push, defaults);
  CHECK(push->can_send());
  CHECK_FALSE(push->can_receive());
  CHECK(push->hands_over());
  CHECK(push->next_out() == no_pipe);
  for (pipe_id id : {0U, 1U, 2U}) {
    REQUIRE(push->attach(id));
    push->set_writable(id, true);
  }
  const auto round = [&](int count) {
    std::vector<pipe_id> seen;
    for (int i = 0; i < count; ++i) {
      seen.push_back(push->next_out());
      push->sent(seen.back());
    }
    return seen;
  };
  CHECK(round(4) == std::vector<pipe_id>{0, 1, 2, 0});
  push->set_writable(1, false);
  CHECK(round(4) == std::vector<pipe_id>{2, 0, 2, 0});
  push->set_writable(1, true);
  CHECK(round(3) == std::vector<pipe_id>{2, 1, 0});
  push->retire(2);
  push->set_writable(2, true); // too late
  CHECK(round(3) == std::vector<pipe_id>{1, 0, 1});
  push->detach(2);
  push->set_readable(0, true);
  CHECK(push->next_in() == no_pipe);
}

TEST_CASE("PULL reads one message from each that has some") {
  const auto pull = make_pattern(socket_type::pull, defaults);
  CHECK_FALSE(pull->can_send());
  CHECK(pull->can_receive());
  CHECK_FALSE(pull->hands_over());
  for (pipe_id id : {0U, 1U}) {
    REQUIRE(pull->attach(id));
    pull->set_writable(id, true);
  }
  CHECK(pull->next_out() == no_pipe);
  CHECK(pull->next_in() == no_pipe);
  pull->set_readable(1, true);
  CHECK(pull->next_in() == 1);
  pull->set_readable(0, true);
  pull->received(1);
  CHECK(pull->next_in() == 0);
  pull->received(0);
  CHECK(pull->next_in() == 1);
  pull->retire(1);
  CHECK(pull->next_in() == 1); // what it sent can still be read
  pull->detach(1);
  CHECK(pull->next_in() == 0);
}

TEST_CASE("PAIR has one peer, and reads those before it first") {
  const auto pair = make_pattern(socket_type::pair, defaults);
  CHECK(pair->can_send());
  CHECK(pair->can_receive());
  CHECK_FALSE(pair->hands_over());
  CHECK(pair->next_out() == no_pipe);
  REQUIRE(pair->attach(0));
  CHECK_FALSE(pair->attach(1));
  CHECK(pair->next_out() == no_pipe);
  pair->set_writable(0, true);
  CHECK(pair->next_out() == 0);
  pair->sent(0);
  CHECK(pair->next_out() == 0);
  pair->set_readable(0, true);
  CHECK(pair->next_in() == 0);
  pair->retire(0);
  CHECK(pair->next_out() == no_pipe);
  REQUIRE(pair->attach(1));
  pair->set_readable(1, true);
  CHECK(pair->next_in() == 0);
  pair->received(0);
  pair->detach(0);
  CHECK(pair->next_in() == 1);
  pair->detach(1);
  CHECK(pair->next_in() == no_pipe);
  CHECK(pair->attach(0));
}
