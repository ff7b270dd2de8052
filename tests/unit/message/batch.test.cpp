// SPDX-License-Identifier: MPL-2.0
//
// batch, batch_writer, batch_reader: the bytes on the wire (RFC 23,
// "Framing"), what is copied and what is shared, and running out of memory.

#include "libzmqrt/message/batch.hpp"

#include <cstring>
#include <span>
#include <string>
#include <utility>

#include "libzmqrt/message/peer_properties.hpp"
#include "libzmqrt/message/slab_pool.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/message/test_source.hpp"

using namespace zmqrt;

namespace {

std::string wire_of(const batch& from) {
  std::string bytes;
  for (const segment& part : from.segments())
    bytes.append(reinterpret_cast<const char*>(part.data), part.size);
  return bytes;
}

std::string literal(const char* text, std::size_t size) {
  return {text, size};
}

} // namespace

TEST_CASE("23.framing short, long, more") {
  test::heap_source memory;
  batch_writer writer(memory);
  batch out;
  REQUIRE(out.empty());

  SECTION("one short frame") {
    REQUIRE(writer.append(out, message{"abc"}));
    REQUIRE(wire_of(out)
            == literal("\x00" // flags: none
                       "\x03" // length
                       "abc",
                       5));
  }
  SECTION("an empty frame") {
    REQUIRE(writer.append(out, message{""}));
    REQUIRE(wire_of(out) == literal("\x00\x00", 2));
  }
  SECTION("more frames") {
    REQUIRE(writer.append(out, message{"a", "bc"}));
    REQUIRE(wire_of(out)
            == literal("\x01\x01" // flags: more
                       "a"
                       "\x00\x02"
                       "bc",
                       7));
  }
  SECTION("255 bytes are short, 256 are long") {
    const std::string body(256, 'x');
    REQUIRE(writer.append(out, message{body.substr(1)}));
    REQUIRE(wire_of(out) == literal("\x00\xff", 2) + body.substr(1));
    out.clear();
    REQUIRE(writer.append(out, message{body}));
    REQUIRE(wire_of(out)
            == literal("\x02"                              // flags: long
                       "\x00\x00\x00\x00\x00\x00\x01\x00", // length
                       9)
                 + body);
  }
  REQUIRE(out.messages() == 1);
  REQUIRE(out.bytes() == wire_of(out).size());
}

TEST_CASE("small bodies are copied into one segment, large ones attached") {
  test::heap_source memory;
  batch_writer writer(memory);
  batch out;
  for (int i = 0; i < 10; ++i)
    REQUIRE(writer.append(out, message{"0123456789"}));
  REQUIRE(out.segments().size() == 1);

  const std::string body(attach_threshold, 'b');
  const message large{body};
  REQUIRE(writer.append(out, large));
  REQUIRE(out.segments().size() == 2);
  REQUIRE(out.segments()[1].data == large[0].data());
  REQUIRE(out.segments()[1].owner.get() == large[0].owner());

  static const std::string fixed(attach_threshold, 'c');
  REQUIRE(writer.append(out, message{frame::literal(fixed)}));
  REQUIRE(out.segments().size() == 4);
  REQUIRE(static_cast<const void*>(out.segments()[3].data) == fixed.data());
  REQUIRE_FALSE(out.segments()[3].owner);

  static const std::string short_fixed(300, 'd');
  REQUIRE(writer.append(out, message{frame::literal(short_fixed)}));
  REQUIRE(out.segments().size() == 5);

  batch_reader reader(memory);
  reader.push(out);
  REQUIRE(out.empty());
  message in;
  for (int i = 0; i < 10; ++i) {
    REQUIRE(reader.next(in));
    REQUIRE(in.str() == "0123456789");
  }
  REQUIRE(reader.next(in));
  REQUIRE(in[0].owner() == large[0].owner());
  REQUIRE(in.str() == body);
  REQUIRE(reader.next(in));
  REQUIRE(static_cast<const void*>(in[0].data()) == fixed.data());
  REQUIRE(reader.next(in));
  REQUIRE(in.str() == short_fixed);
  REQUIRE_FALSE(reader.next(in));
  REQUIRE(reader.bytes() == 0);
}

TEST_CASE("what was lent is attached, however small it is") {
  test::heap_source memory;
  int freed = 0;
  const auto note = [](void*, void* seen) { ++*static_cast<int*>(seen); };
  static char text[] = "lent";
  batch out;
  {
    batch_writer writer(memory);
    const slab_ref owner =
      adopt_slab(text, 4, note, &freed, slab::origin::lent);
    const frame lent = frame::share(owner, std::as_bytes(std::span{text, 4}));
    REQUIRE(lent.owner() == owner.get());
    REQUIRE(writer.append(out, message{lent}));
    REQUIRE(out.segments().size() == 2);
    REQUIRE(out.segments()[1].owner == owner);
  }
  REQUIRE(wire_of(out) == std::string("\0\4lent", 6));
  REQUIRE(freed == 0);
  out.clear();
  REQUIRE(freed == 1);
}

TEST_CASE("what is read pins no more than twice itself") {
  test::heap_source memory;
  const slab_ref received = memory.take(1000);
  std::memset(received->data(), 'r', 1000);
  std::byte* const at = received->data();
  at[0] = std::byte{0};
  at[1] = std::byte{200};
  at[202] = std::byte{2};
  std::memset(at + 203, 0, 8);
  at[209] = std::byte{2};
  at[210] = std::byte{8}; // 520
  batch in;
  in.append(received, at, 731);
  in.add_messages(2);
  batch_reader reader(memory);
  reader.push(in);
  message first;
  message second;
  REQUIRE(reader.next(first));
  REQUIRE(first[0].owner() != received.get());
  REQUIRE(first.str() == std::string(200, 'r'));
  REQUIRE(reader.next(second));
  REQUIRE(second[0].owner() == received.get());
  REQUIRE(second[0].size() == 520);
}

TEST_CASE("a reader that copies shares no slab, nor does one moved from it") {
  test::heap_source memory;
  batch_writer writer(memory);
  const message large{std::string(attach_threshold, 'l')};
  batch sent;
  for (int i = 0; i < 2; ++i)
    REQUIRE(writer.append(sent, large));
  batch_reader reader(memory, true);
  reader.push(sent);
  message got;
  REQUIRE(reader.next(got));
  REQUIRE(got.str() == large.str());
  REQUIRE(got[0].owner() != large[0].owner());
  batch_reader moved{std::move(reader)};
  REQUIRE(moved.next(got));
  REQUIRE(got.str() == large.str());
  REQUIRE(got[0].owner() != large[0].owner());
}

TEST_CASE("messages move from the front of a batch to another one") {
  test::heap_source memory;
  batch_writer writer(memory);
  const std::vector<message> all{message{"a"}, message{"b1", "b2"},
                                 message{std::string(attach_threshold, 'c')},
                                 message{"d"}};
  for (std::uint64_t count = 0; count <= all.size(); ++count) {
    batch from;
    for (const message& each : all)
      REQUIRE(writer.append(from, each));
    const std::size_t bytes = from.bytes();
    batch front;
    from.move_front(count, front);
    REQUIRE(front.messages() == count);
    REQUIRE(from.messages() == all.size() - count);
    REQUIRE(front.bytes() + from.bytes() == bytes);
    REQUIRE(front.empty() == (count == 0));
    batch_reader reader(memory);
    reader.push(front);
    // What is written on goes behind the rest.
    REQUIRE(writer.append(from, message{"e"}));
    reader.push(from);
    message got;
    for (const message& each : all) {
      REQUIRE(reader.next(got));
      REQUIRE(got.size() == each.size());
      for (std::size_t i = 0; i < each.size(); ++i)
        REQUIRE(got[i].view() == each[i].view());
    }
    REQUIRE(reader.next(got));
    REQUIRE(got.str() == "e");
    REQUIRE_FALSE(reader.next(got));
  }
}

TEST_CASE("a writer without memory leaves the batch as it was") {
  test::heap_source memory;
  batch_writer writer(memory);
  batch out;
  memory.dry_after(0);
  REQUIRE_FALSE(writer.append(out, message{"x"}));
  REQUIRE_FALSE(writer.append(out, frame{std::string_view{"x"}}, true));
  REQUIRE(out.empty());
  REQUIRE(out.segments().empty());
  memory.dry_after(1);
  REQUIRE(writer.append(out, message{"x"}));
  const std::string before = wire_of(out);
  const std::string body(3000, 'y');
  REQUIRE_FALSE(writer.append(out, message{"first", body, body}));
  REQUIRE(wire_of(out) == before);
  REQUIRE(out.bytes() == before.size());
  REQUIRE(out.messages() == 1);
  REQUIRE(writer.append(out, message{"z"}));
  REQUIRE(wire_of(out).substr(before.size()) == literal("\x00\x01z", 3));
}

TEST_CASE("a reader without memory keeps the message") {
  test::heap_source memory;
  batch_writer writer(memory);
  batch out;
  REQUIRE(writer.append(out, message{"a", std::string(100, 'b')}));
  batch_reader reader(memory);
  reader.push(out);
  memory.dry_after(0);
  message in;
  REQUIRE_FALSE(reader.next(in));
  REQUIRE(reader.messages() == 1);
  memory.dry_after(1);
  REQUIRE(reader.next(in));
  REQUIRE(in.size() == 2);
  REQUIRE(in[1].size() == 100);
}

TEST_CASE("a batch in pieces: a body begins the segment behind its header") {
  test::heap_source memory;
  const slab_ref head = memory.take(2);
  const slab_ref body = memory.take(8);
  std::memcpy(head->data(), "\x00\x05", 2);
  // The next frame follows in the same slab: one segment.
  std::memcpy(body->data(), "hello\x00\x01!", 8);
  batch in;
  in.append(head, head->data(), 2);
  in.append(body, body->data(), 5);
  in.append(body, body->data() + 5, 3);
  in.add_messages(2);
  REQUIRE(in.segments().size() == 2);
  SECTION("reading") {
    batch_reader reader(memory);
    reader.push(in);
    message got;
    REQUIRE(reader.next(got));
    REQUIRE(got.str() == "hello");
    REQUIRE(reader.next(got));
    REQUIRE(got.str() == "!");
  }
  SECTION("dropping") {
    in.drop_front(1);
    REQUIRE(wire_of(in) == literal("\x00\x01!", 3));
    in.drop_front(1);
    REQUIRE(in.empty());
    REQUIRE(in.segments().empty());
  }
  SECTION("skipping") {
    batch_reader reader(memory);
    reader.push(in);
    REQUIRE(reader.skip());
    REQUIRE(reader.messages() == 1);
    REQUIRE(reader.skip());
    REQUIRE_FALSE(reader.skip());
  }
}

TEST_CASE("what is no canonical batch is found out") {
  test::heap_source memory;
  const slab_ref bytes = memory.take(16);
  std::memset(bytes->data(), 0xff, 16);
  const segment whole{bytes, bytes->data(), 16};
  batch_place at;
  frame_view found;
  REQUIRE_FALSE(next_frame({&whole, 1}, at, found));
  const segment cut{bytes, bytes->data(), 1};
  REQUIRE_FALSE(next_frame({&cut, 1}, at, found));
  REQUIRE_FALSE(next_frame({}, at, found));
  REQUIRE(at.segment == 0);
  REQUIRE(at.offset == 0);
}

TEST_CASE("restart lets the slab go") {
  test::heap_source memory;
  {
    batch_writer writer(memory);
    batch out;
    REQUIRE(writer.append(out, message{"x"}));
    REQUIRE(memory.live() == 1);
    out.clear();
    writer.restart(3);
    REQUIRE(memory.live() == 0);
    REQUIRE(writer.append(out, message{"y"}));
    batch_writer taken = std::move(writer);
    REQUIRE(taken.append(out, message{"z"}));
    REQUIRE(out.segments().size() == 1);
  }
  REQUIRE(memory.live() == 0);
}

TEST_CASE("a received message forgets what it held before") {
  test::heap_source memory;
  batch_writer writer(memory);
  batch out;
  REQUIRE(writer.append(out, message{"one"}));
  REQUIRE(writer.append(out, message{"two", "2"}));
  REQUIRE(writer.append(out, message{"three"}));
  batch_reader reader(memory);
  reader.push(out);
  const auto about = std::make_shared<peer_properties>();
  message in{std::string(500, 'p'), "q", "r"};
  in.set_properties(about);
  REQUIRE(reader.next(in));
  REQUIRE(in.str() == "one");
  REQUIRE(in.properties() == nullptr);
  REQUIRE(reader.next(in, about));
  REQUIRE(in.size() == 2);
  REQUIRE(in.properties() == about);
  REQUIRE(reader.next(in, about));
  REQUIRE(in.str() == "three");
  REQUIRE(about.use_count() == 2);
}
