// SPDX-License-Identifier: MPL-2.0
//
// frame: where its bytes live, and who frees them.

#include "zmqrt/frame.hpp"

#include <cstdlib>
#include <cstring>
#include <string>
#include <utility>

#include "libzmqrt/message/slab_pool.hpp"
#include "tests/support/catch.hpp"

using zmqrt::frame;

namespace {

std::string text_of_size(std::size_t size) {
  std::string text(size, '\0');
  for (std::size_t i = 0; i < size; ++i)
    text[i] = static_cast<char>('a' + i % 23);
  return text;
}

// Another first character, written so that g++ 12 does not see overruns in
// std::string's own operator+ (gcc bug 105651).
std::string with_first(char first, std::string text) {
  text[0] = first;
  return text;
}

void count_free(void* data, void* hint) {
  std::free(data);
  ++*static_cast<int*>(hint);
}

} // namespace

TEST_CASE("a frame holds what it was made of, at every size") {
  for (std::size_t size : {0, 1, 23, 69, 70, 71, 72, 255, 256, 4095, 4096,
                           65536, 1 << 20, 5 << 20}) {
    const std::string text = text_of_size(size);
    const frame made{text};
    REQUIRE(made.view() == text);
    REQUIRE(made.size() == size);
    REQUIRE(made.empty() == (size == 0));
    REQUIRE((made.owner() == nullptr) == (size <= frame::inline_capacity));
    const frame copy = made;
    REQUIRE(copy.view() == text);
    REQUIRE(copy.owner() == made.owner());
    frame source = made;
    const frame moved = std::move(source);
    REQUIRE(moved.view() == text);
    REQUIRE(source.empty()); // NOLINT: that is what is promised
  }
}

TEST_CASE("assignment drops what was there and survives itself") {
  const std::string big = text_of_size(5000);
  frame a{big};
  frame b{std::string_view{"small"}};
  const frame& same = a;
  a = same;
  REQUIRE(a.view() == big);
  b = a;
  REQUIRE(b.view() == big);
  a = frame{std::string_view{"x"}};
  REQUIRE(a.view() == "x");
  REQUIRE(b.view() == big);
  frame& self = b;
  b = std::move(self);
  REQUIRE(b.view() == big);
}

TEST_CASE("an adopted buffer is freed once, with the last copy") {
  int freed = 0;
  {
    void* const data = std::malloc(100);
    std::memset(data, 'z', 100);
    frame first = frame::adopt(data, 100, count_free, &freed);
    REQUIRE(first.view() == std::string(100, 'z'));
    REQUIRE(first.bytes().data() == data);
    frame second = first;
    first = {};
    REQUIRE(freed == 0);
    SECTION("writing copies it, because it is foreign") {
      second.writable()[0] = std::byte{'y'};
      REQUIRE(second.view() == with_first('y', std::string(100, 'z')));
      REQUIRE(freed == 1);
    }
  }
  REQUIRE(freed == 1);
}

TEST_CASE("adopting nothing frees it too") {
  int freed = 0;
  { const frame none = frame::adopt(std::malloc(1), 0, count_free, &freed); }
  REQUIRE(freed == 1);
}

TEST_CASE("a literal is not copied until it is written to") {
  static const std::string text = text_of_size(200);
  frame made = frame::literal(text);
  REQUIRE(static_cast<const void*>(made.data()) == text.data());
  REQUIRE(made.owner() == nullptr);
  frame copy = made;
  copy.writable()[0] = std::byte{'!'};
  REQUIRE(copy.view() == with_first('!', text));
  REQUIRE(made.view() == text);
}

TEST_CASE("writable copies shared bytes, and only those") {
  for (std::size_t size : {10, 500}) {
    frame made = frame::uninitialized(size);
    REQUIRE(made.size() == size);
    std::memset(made.writable().data(), 'a', size);
    const std::byte* const where = made.data();
    REQUIRE(made.writable().data() == where);
    const frame copy = made;
    made.writable()[0] = std::byte{'b'};
    REQUIRE(copy.view() == std::string(size, 'a'));
    REQUIRE(made.view() == with_first('b', std::string(size, 'a')));
  }
}

TEST_CASE("share refers to a part of a slab, and copies a small one") {
  const zmqrt::slab_ref owner = zmqrt::shared_pool().take(1000);
  std::memset(owner->data(), 'q', 1000);
  const frame large = frame::share(owner, {owner->data() + 10, 500});
  REQUIRE(large.owner() == owner.get());
  REQUIRE(large.data() == owner->data() + 10);
  REQUIRE_FALSE(owner->unique());
  const frame small = frame::share(owner, {owner->data(), 70});
  REQUIRE(small.owner() == nullptr);
  REQUIRE(small.view() == std::string(70, 'q'));
}
