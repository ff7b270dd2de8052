// SPDX-License-Identifier: MPL-2.0
//
// zmq_msg_t: what it holds, who shares it, who frees it. Runs on libzmq, too.

#include <array>
#include <cerrno>
#include <cstring>
#include <string>
#include <string_view>

#include <zmq.h>

#include "tests/support/catch.hpp"

namespace {

/// One that is closed at the end.
struct held {
  held() {
    REQUIRE(zmq_msg_init(&msg) == 0);
  }
  explicit held(std::string_view text) {
    REQUIRE(zmq_msg_init_size(&msg, text.size()) == 0);
    std::memcpy(zmq_msg_data(&msg), text.data(), text.size());
  }
  held(const held&) = delete;
  held& operator=(const held&) = delete;
  ~held() {
    zmq_msg_close(&msg);
  }
  [[nodiscard]] std::string text() {
    return {static_cast<const char*>(zmq_msg_data(&msg)), zmq_msg_size(&msg)};
  }
  zmq_msg_t msg;
};

struct freed {
  int calls = 0;
  void* data = nullptr;
};

void note_free(void* data, void* hint) {
  auto& seen = *static_cast<freed*>(hint);
  ++seen.calls;
  seen.data = data;
}

/// On both sides of what is kept inside.
std::string some_text() {
  return std::string(
    static_cast<std::size_t>(GENERATE(0, 1, 31, 32, 34, 100, 70'000)), 'x');
}

} // namespace

TEST_CASE("a message is empty, or has what was put in") {
  held empty;
  CHECK(zmq_msg_size(&empty.msg) == 0);
  CHECK(zmq_msg_data(&empty.msg) != nullptr);
  CHECK(zmq_msg_more(&empty.msg) == 0);
  const std::string text = some_text();
  held full{text};
  CHECK(full.text() == text);
}

TEST_CASE("a copy has the same, and lives by itself") {
  const std::string text = some_text();
  held copy{"before"};
  {
    held original{text};
    REQUIRE(zmq_msg_copy(&copy.msg, &original.msg) == 0);
    CHECK(original.text() == text);
    CHECK(copy.text() == text);
    const bool shares = zmq_msg_data(&copy.msg) == zmq_msg_data(&original.msg);
    CHECK(shares == (text.size() > 33));
    CHECK((zmq_msg_get(&copy.msg, ZMQ_SHARED) == 1) == shares);
  }
  CHECK(copy.text() == text);
  CHECK(zmq_msg_get(&copy.msg, ZMQ_MORE) == 0);
}

TEST_CASE("a move leaves nothing behind") {
  const std::string text = some_text();
  held from{text};
  held to{"before"};
  REQUIRE(zmq_msg_move(&to.msg, &from.msg) == 0);
  CHECK(to.text() == text);
  CHECK(from.text().empty());
}

TEST_CASE("a buffer is freed once, by the last copy") {
  std::array<char, 5> few{};
  std::array<char, 5000> many{};
  const bool large = GENERATE(false, true);
  void* const data = large ? static_cast<void*>(many.data()) : few.data();
  const std::size_t size = large ? many.size() : few.size();
  freed seen;
  zmq_msg_t msg;
  REQUIRE(zmq_msg_init_data(&msg, data, size, note_free, &seen) == 0);
  CHECK(zmq_msg_data(&msg) == data);
  CHECK(zmq_msg_size(&msg) == size);
  {
    held copy;
    REQUIRE(zmq_msg_copy(&copy.msg, &msg) == 0);
    REQUIRE(zmq_msg_close(&msg) == 0);
    CHECK(seen.calls == 0);
    CHECK(zmq_msg_data(&copy.msg) == data);
  }
  CHECK(seen.calls == 1);
  CHECK(seen.data == data);
}

TEST_CASE("a buffer that nobody frees is only referred to") {
  static char text[] = "a text that outlives all, of more than 33 bytes";
  zmq_msg_t msg;
  REQUIRE(zmq_msg_init_data(&msg, text, sizeof text, nullptr, nullptr) == 0);
  CHECK(zmq_msg_data(&msg) == text);
  CHECK(zmq_msg_get(&msg, ZMQ_SHARED) == 1);
  CHECK(zmq_msg_close(&msg) == 0);
}

TEST_CASE("a message that was closed is none") {
  zmq_msg_t msg;
  REQUIRE(zmq_msg_init(&msg) == 0);
  REQUIRE(zmq_msg_close(&msg) == 0);
  errno = 0;
  CHECK(zmq_msg_close(&msg) == -1);
  CHECK(errno == EFAULT);
}

TEST_CASE("there is no property to be set, and no unknown one to be had") {
  held any{"x"};
  errno = 0;
  CHECK(zmq_msg_set(&any.msg, ZMQ_MORE, 1) == -1);
  CHECK(errno == EINVAL);
  errno = 0;
  CHECK(zmq_msg_get(&any.msg, 4711) == -1);
  CHECK(errno == EINVAL);
  errno = 0;
  CHECK(zmq_msg_gets(&any.msg, "Socket-Type") == nullptr);
  CHECK(errno == EINVAL);
}

TEST_CASE("what cannot be had is ENOMEM") {
  zmq_msg_t msg;
  errno = 0;
  CHECK(zmq_msg_init_size(&msg, std::size_t{1} << 62) == -1);
  CHECK(errno == ENOMEM);
}
