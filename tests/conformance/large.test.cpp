// SPDX-License-Identifier: MPL-2.0
//
// Frames that the handler receives into memory of its own (direct_target).

#include <cstring>
#include <random>

#include "tests/conformance/bed.hpp"

using namespace conformance;

namespace {

/// Reads frames of an 8-byte length and a body; what is missing of a large
/// body is received directly.
class frame_reader {
public:
  explicit frame_reader(side& on) {
    on.wish = [this] { return wish(); };
    on.arrived = [this, &on](std::span<const std::byte> bytes) {
      const bool direct = on.direct_bytes > direct_seen_;
      direct_seen_ = on.direct_bytes;
      if (direct)
        filled_ += bytes.size();
      else
        take(bytes);
      close_frame();
    };
  }

  std::vector<std::string> frames;

private:
  static constexpr std::size_t header = 8;

  std::span<std::byte> wish() {
    if (!open_ || body_.size() < 4096)
      return {};
    return std::as_writable_bytes(std::span{body_}).subspan(filled_);
  }

  void take(std::span<const std::byte> bytes) {
    const auto* at = reinterpret_cast<const char*>(bytes.data());
    auto left = bytes.size();
    while (left > 0) {
      const auto want = open_ ? body_.size() - filled_ : header - head_.size();
      const auto part = std::min(want, left);
      if (open_)
        std::memcpy(body_.data() + filled_, at, part);
      else
        head_.append(at, part);
      filled_ += open_ ? part : 0;
      at += part;
      left -= part;
      if (!open_ && head_.size() == header)
        open_frame();
      close_frame();
    }
  }

  void open_frame() {
    std::uint64_t size = 0;
    std::memcpy(&size, head_.data(), header);
    head_.clear();
    body_.assign(size, '\0');
    filled_ = 0;
    open_ = true;
  }

  void close_frame() {
    if (!open_ || filled_ < body_.size())
      return;
    frames.push_back(std::move(body_));
    open_ = false;
  }

  std::string head_;
  std::string body_;
  std::size_t filled_ = 0;
  std::size_t direct_seen_ = 0;
  bool open_ = false;
};

std::string framed(const std::string& body) {
  const std::uint64_t size = body.size();
  return std::string(reinterpret_cast<const char*>(&size), sizeof(size)) + body;
}

/// The first fiftieth of a large frame.
const std::string begun_frame =
  framed(std::string(10'000'000, 'x')).substr(0, 200'000);

} // namespace

TEST_CASE("large frames go straight to their memory, in order") {
  IN_EVERY_SETTING(where);
  const auto seed = GENERATE(range(1u, 5u));
  const bool pausing = GENERATE(false, true);
  CAPTURE(seed, pausing);
  bed in{where};
  connected_pair pair{in};
  frame_reader reader{pair.far};
  auto inner = pair.far.arrived;
  if (pausing)
    pair.far.arrived = [&](std::span<const std::byte> bytes) {
      inner(bytes);
      pair.far.link().receive(false);
      pair.far.link().receive(true);
    };
  std::mt19937 random{seed};
  std::vector<std::string> expected;
  for (unsigned i = 0; i < 60; ++i) {
    // Seed 1: alike and large. Else small ones in between.
    const std::size_t size = seed == 1           ? 65536
                             : random() % 3 == 0 ? random() % 400'000
                                                 : random() % 200;
    expected.push_back(pattern_text(size, i));
  }
  std::string wire;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    wire += framed(expected[i]);
    if (random() % 4 != 0 && i + 1 < expected.size())
      continue;
    pair.near.send(wire);
    wire.clear();
    in.until([&] { return !pair.near.sending; });
  }
  in.until([&] { return reader.frames.size() == expected.size(); });
  CHECK((reader.frames == expected));
  CHECK(pair.far.direct_bytes > 0);
  if (seed == 1) // little is copied: the first reads, and what follows a frame
    CHECK(pair.far.direct_bytes > 60 * 65536 / 2);
  pair.finish();
}

TEST_CASE("a close in the midst of a large frame lets its memory go") {
  IN_EVERY_SETTING(where);
  bed in{where};
  connected_pair pair{in};
  frame_reader reader{pair.far};
  pair.near.send(begun_frame);
  in.until([&] { return pair.far.received_bytes == begun_frame.size(); });
  pair.far.finish(); // with a read into the frame under way
  pair.near.finish();
}

TEST_CASE("an end in the midst of a large frame is told") {
  IN_EVERY_SETTING(where);
  bed in{where};
  connected_pair pair{in};
  frame_reader reader{pair.far};
  pair.near.send(begun_frame);
  in.until([&] { return !pair.near.sending; });
  pair.near.finish();
  in.until([&] { return pair.far.ended; });
  CHECK(pair.far.received_bytes == begun_frame.size());
  CHECK_FALSE(pair.far.end_code);
  pair.far.finish();
}
