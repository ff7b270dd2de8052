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

/// Batches, and the list of what must be in them.
class run {
public:
  explicit run(unsigned seed) : pick_(seed) {
  }

  void step() {
    switch (pick_.below(10)) {
    default:
      append();
      break;
    case 5:
      drop_some();
      break;
    case 6:
      splice_more();
      break;
    case 7:
      hand_over();
      break;
    case 8:
      REQUIRE(reader_.skip() == !in_reader_.empty());
      if (!in_reader_.empty())
        in_reader_.pop_front();
      break;
    case 9:
      read_some();
      break;
    }
    REQUIRE(out_.messages() == in_batch_.size());
    REQUIRE(reader_.messages() == in_reader_.size());
  }

  void finish() {
    reader_.push(out_);
    in_reader_.insert(in_reader_.end(), in_batch_.begin(), in_batch_.end());
    while (!in_reader_.empty())
      read_one();
    REQUIRE(reader_.bytes() == 0);
    REQUIRE_FALSE(reader_.next(got_));
  }

private:
  void append() {
    const texts words = pick_.words();
    REQUIRE(writer_.append(out_, message_of(words)));
    in_batch_.push_back(words);
  }

  void drop_some() { // the kernel took them
    const std::size_t count = pick_.below(in_batch_.size() + 1);
    out_.drop_front(count);
    in_batch_.erase(in_batch_.begin(),
                    in_batch_.begin() + static_cast<std::ptrdiff_t>(count));
  }

  void splice_more() {
    batch more;
    batch_writer other(memory_);
    for (std::size_t i = pick_.below(5); i > 0; --i) {
      in_batch_.push_back(pick_.words());
      REQUIRE(other.append(more, message_of(in_batch_.back())));
    }
    out_.splice(more);
    REQUIRE(more.empty());
  }

  void hand_over() {
    if (pick_.below(2) == 0)
      out_ = received_like(out_, memory_, pick_);
    const std::size_t bytes = out_.bytes();
    reader_.push(out_);
    writer_.restart(bytes);
    in_reader_.insert(in_reader_.end(), in_batch_.begin(), in_batch_.end());
    in_batch_.clear();
  }

  void read_some() {
    for (std::size_t i = pick_.below(20); i > 0; --i) {
      if (in_reader_.empty()) {
        REQUIRE_FALSE(reader_.next(got_));
        break;
      }
      read_one();
    }
  }

  void read_one() {
    REQUIRE(reader_.next(got_));
    REQUIRE(texts_of(got_) == in_reader_.front());
    in_reader_.pop_front();
  }

  chance pick_;
  test::heap_source memory_;
  batch_writer writer_{memory_};
  batch_reader reader_{memory_};
  batch out_;
  std::deque<texts> in_batch_;
  std::deque<texts> in_reader_;
  message got_;
};

} // namespace

TEST_CASE("whatever is done to batches, the messages are those of the list") {
  const char* const given = std::getenv("ZMQRT_SEED");
  const unsigned first =
    given != nullptr ? static_cast<unsigned>(std::atoi(given)) : 1;
  const unsigned last = given != nullptr ? first : 100;
  for (unsigned seed = first; seed <= last; ++seed) {
    INFO("replay with ZMQRT_SEED=" << seed);
    run checked(seed);
    for (int step = 0; step < 400; ++step)
      checked.step();
    checked.finish();
  }
}
