// SPDX-License-Identifier: MPL-2.0
//
// Batches against a plain list of messages, from seeds: round trips through
// any splitting, splicing, dropping and skipping. ZMQRT_SEED names a seed.

#include <cstdlib>
#include <cstring>
#include <deque>
#include <random>
#include <string>
#include <vector>

#include "libzmqrt/message/batch.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/message/test_source.hpp"

using namespace zmqrt;

namespace {

using texts = std::vector<std::string>;

class chance {
public:
  explicit chance(unsigned seed) : engine_(seed) {
  }
  std::size_t below(std::size_t end) {
    return std::uniform_int_distribution<std::size_t>{0, end - 1}(engine_);
  }
  std::size_t body_size() {
    static constexpr std::size_t edges[] = {
      0, 1, 2, 68, 69, 70, 71, 72, 73, 254, 255, 256, 257, 4095, 4096, 9000};
    switch (below(8)) {
    case 0:
      return edges[below(std::size(edges))];
    case 1:
      return below(6000);
    default:
      return below(80);
    }
  }
  texts words() {
    texts made(below(4) != 0 ? 1 : 1 + below(5));
    for (std::string& body : made) {
      body.resize(body_size());
      for (char& c : body)
        c = static_cast<char>(below(256));
    }
    return made;
  }

private:
  std::mt19937 engine_;
};

message message_of(const texts& words) {
  message made;
  for (const std::string& body : words)
    made.push_back(std::string_view{body});
  return made;
}

texts texts_of(const message& from) {
  texts made;
  for (std::size_t i = 0; i < from.size(); ++i)
    made.emplace_back(from[i].view());
  return made;
}

// The same messages as they would lie in receive buffers: runs of whole
// frames, large bodies sometimes in a slab of their own.
batch received_like(const batch& from, buffer_source& memory, chance& pick) {
  batch made;
  batch_place at;
  frame_view part;
  while (next_frame(from.segments(), at, part)) {
    const std::size_t size = part.body.size();
    const bool is_long = size > 255 || (part.flags & frame_flag_long) != 0;
    const std::size_t header = is_long ? 9 : 2;
    const bool apart = size != 0 && pick.below(3) == 0;
    const slab_ref home = memory.take(header + size);
    home->data()[0] = std::byte{part.flags};
    for (std::size_t i = 1; i < header; ++i)
      home->data()[i] = static_cast<std::byte>(size >> (8 * (header - 1 - i)));
    if (size != 0)
      std::memcpy(home->data() + header, part.body.data(), size);
    if (!apart) {
      made.append(home, home->data(), header + size);
      continue;
    }
    const slab_ref body = memory.take(size);
    std::memcpy(body->data(), part.body.data(), size);
    made.append(home, home->data(), header);
    made.append(body, body->data(), size);
  }
  made.add_messages(from.messages());
  return made;
}

void run(unsigned seed) {
  chance pick(seed);
  test::heap_source memory;
  batch_writer writer(memory);
  batch_reader reader(memory);
  batch out;
  std::deque<texts> in_batch;
  std::deque<texts> in_reader;
  message got;
  for (int step = 0; step < 400; ++step) {
    switch (pick.below(10)) {
    default: {
      const texts words = pick.words();
      REQUIRE(writer.append(out, message_of(words)));
      in_batch.push_back(words);
      break;
    }
    case 5: { // the kernel took some
      const std::size_t count = pick.below(in_batch.size() + 1);
      out.drop_front(count);
      in_batch.erase(in_batch.begin(),
                     in_batch.begin() + static_cast<std::ptrdiff_t>(count));
      break;
    }
    case 6: { // another batch behind it
      batch more;
      batch_writer other(memory);
      for (std::size_t i = pick.below(5); i > 0; --i) {
        in_batch.push_back(pick.words());
        REQUIRE(other.append(more, message_of(in_batch.back())));
      }
      out.splice(more);
      REQUIRE(more.empty());
      break;
    }
    case 7: { // hand it over
      if (pick.below(2) == 0)
        out = received_like(out, memory, pick);
      const std::size_t bytes = out.bytes();
      reader.push(out);
      writer.restart(bytes);
      in_reader.insert(in_reader.end(), in_batch.begin(), in_batch.end());
      in_batch.clear();
      break;
    }
    case 8:
      REQUIRE(reader.skip() == !in_reader.empty());
      if (!in_reader.empty())
        in_reader.pop_front();
      break;
    case 9:
      for (std::size_t i = pick.below(20); i > 0; --i) {
        REQUIRE(reader.next(got) == !in_reader.empty());
        if (in_reader.empty())
          break;
        REQUIRE(texts_of(got) == in_reader.front());
        in_reader.pop_front();
      }
      break;
    }
    REQUIRE(out.messages() == in_batch.size());
    REQUIRE(reader.messages() == in_reader.size());
  }
  reader.push(out);
  in_reader.insert(in_reader.end(), in_batch.begin(), in_batch.end());
  for (; !in_reader.empty(); in_reader.pop_front()) {
    REQUIRE(reader.next(got));
    REQUIRE(texts_of(got) == in_reader.front());
  }
  REQUIRE(reader.bytes() == 0);
  REQUIRE_FALSE(reader.next(got));
}

} // namespace

TEST_CASE("whatever is done to batches, the messages are those of the list") {
  const char* const given = std::getenv("ZMQRT_SEED");
  const unsigned first =
    given != nullptr ? static_cast<unsigned>(std::atoi(given)) : 1;
  const unsigned last = given != nullptr ? first : 100;
  for (unsigned seed = first; seed <= last; ++seed) {
    INFO("replay with ZMQRT_SEED=" << seed);
    run(seed);
  }
}
