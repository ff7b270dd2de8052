// SPDX-License-Identifier: MPL-2.0
//
// Feeds an engine as a stream would: whole, octet by octet, split anywhere,
// or straight into its direct target; and writes down what it says. For the
// tests of wire/, their spec cases and fuzz targets.

#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "libzmqrt/wire/assembly.hpp"
#include "libzmqrt/wire/engine.hpp"

namespace zmqrt::wire_test {

/// "ff 00 7f" as octets; blanks do not matter.
inline std::string hex(std::string_view digits) {
  std::string out;
  int high = -1;
  for (const char c : digits) {
    if (c == ' ')
      continue;
    const int value = c >= 'a' ? c - 'a' + 10 : c - '0';
    if (high >= 0)
      out += static_cast<char>(high * 16 + value);
    high = high >= 0 ? -1 : value;
  }
  return out;
}

inline std::span<const std::byte> octets(std::string_view text) {
  return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}

/// Slabs of exactly the size asked for, so that a sanitizer sees every octet
/// beyond. Remembers the largest one, knows how much of them is held, and
/// refuses larger ones than allowed. Claims grow by copying.
class exact_source final : public buffer_source {
public:
  [[nodiscard]] slab_ref take(std::size_t capacity) noexcept override {
    largest = std::max(largest, capacity);
    if (capacity > refuse_above)
      return {};
    return slab_ref{new exact_slab(capacity, held_)};
  }
  /// Octets in slabs that live, whoever holds them.
  [[nodiscard]] std::size_t held() const {
    return *held_;
  }

  std::size_t largest = 0;
  std::size_t refuse_above = std::size_t{1} << 31;

private:
  struct exact_slab final : slab {
    exact_slab(std::size_t size, std::shared_ptr<std::size_t> held)
      : slab(new std::byte[size], size,
             [](slab* self) noexcept {
               delete[] self->data();
               delete static_cast<exact_slab*>(self);
             }),
        held_(std::move(held)) {
      *held_ += capacity();
    }
    ~exact_slab() {
      *held_ -= capacity();
    }
    std::shared_ptr<std::size_t> held_;
  };

  std::shared_ptr<std::size_t> held_ = std::make_shared<std::size_t>(0);
};

using frames = std::vector<std::string>;

/// The messages of a canonical batch; nothing if it breaks an invariant.
inline std::optional<std::vector<frames>> decode(const batch& from) {
  std::vector<frames> out;
  std::size_t bytes = 0;
  bool open = false;
  batch_place at;
  frame_view part;
  while (next_frame(from.segments(), at, part)) {
    if (!open)
      out.emplace_back();
    out.back().emplace_back(reinterpret_cast<const char*>(part.body.data()),
                            part.body.size());
    bytes += part.wire_size;
    open = part.more();
    if ((part.flags & ~(frame_flag_more | frame_flag_long)) != 0)
      return {};
  }
  if (open || bytes != from.bytes() || out.size() != from.messages())
    return {};
  return out;
}

/// The octets of a batch.
inline std::string flatten(const batch& from) {
  std::string out;
  for (const segment& part : from.segments())
    out.append(reinterpret_cast<const char*>(part.data), part.size);
  return out;
}

/// An engine, and all that it said.
class listener {
public:
  explicit listener(wire::engine_options options, bool start = true,
                    std::unique_ptr<wire::mechanism> chosen = nullptr)
    : engine(std::move(options), source, std::move(chosen)) {
    if (start)
      engine.start(now);
    drain();
  }

  /// Gives the engine `bytes` in one piece.
  void feed(std::string_view bytes) {
    while (direct && !bytes.empty() && !engine.direct_target().empty()) {
      const auto target = engine.direct_target();
      const std::size_t size = std::min(target.size(), bytes.size());
      std::memcpy(target.data(), bytes.data(), size);
      fed += size;
      engine.received_direct(size, now);
      bytes.remove_prefix(size);
      drain();
    }
    if (bytes.empty())
      return;
    slab_ref owner = memory.take(bytes.size());
    std::memcpy(owner->data(), bytes.data(), bytes.size());
    fed += bytes.size();
    engine.receive(owner, {owner->data(), bytes.size()}, now);
    drain();
  }
  /// Gives it `bytes` in pieces of `size`.
  void feed(std::string_view bytes, std::size_t size) {
    for (; !bytes.empty(); bytes.remove_prefix(std::min(size, bytes.size())))
      feed(bytes.substr(0, size));
  }
  void tick(duration passed) {
    now += passed;
    engine.tick(now);
    drain();
  }
  void drain() {
    // Whatever a peer claims: little more is held than it has sent.
    sound = sound && source.held() <= 2 * fed + wire::first_room + 4096;
    while (engine.next_event(event)) {
      sound = sound && !closed;
      switch (event.what) {
      case wire::engine_event::kind::authenticate:
        sound = sound && ready == 0;
        questions.push_back(event.question);
        break;
      case wire::engine_event::kind::ready:
        sound = sound && ready++ == 0;
        break;
      case wire::engine_event::kind::delivered: {
        auto got = decode(event.messages);
        sound = sound && ready == 1 && got && !got->empty();
        if (got)
          messages.insert(messages.end(), got->begin(), got->end());
        ++deliveries;
        segments += event.messages.segments().size();
        break;
      }
      case wire::engine_event::kind::closed:
        closed = event.closed;
        break;
      case wire::engine_event::kind::none:
        sound = false;
      }
    }
    if (take)
      take_output();
  }
  void take_output() {
    batch out;
    engine.take_output(out);
    sound = sound && out.messages() == 0 && !engine.has_output();
    output += flatten(out);
  }

  exact_source source;
  exact_source memory; ///< of what is fed
  time_point now{std::chrono::hours{1}};
  wire::engine engine;
  wire::engine_event event;

  std::size_t fed = 0; ///< octets
  bool direct = false; ///< use direct_target()
  bool take = true;    ///< take output at once
  bool sound = true;   ///< nothing was said that must not be
  int ready = 0;
  int deliveries = 0;
  std::vector<wire::auth_question> questions;
  std::size_t segments = 0;
  std::vector<frames> messages;
  std::optional<wire::ending> closed;
  std::string output;
};

/// Runs `check(listener&)` after feeding `bytes` to a fresh engine in every
/// way: whole, in pieces of 1, 2, 3, 5, and split in two at every offset.
template <class Check>
void feed_every_way(const wire::engine_options& options, std::string_view bytes,
                    Check check) {
  for (const std::size_t size : {bytes.size(), std::size_t{1}, std::size_t{2},
                                 std::size_t{3}, std::size_t{5}}) {
    listener to(options);
    to.direct = size == 3;
    to.feed(bytes, std::max<std::size_t>(size, 1));
    check(to);
  }
  for (std::size_t at = 0; at <= bytes.size(); ++at) {
    listener to(options);
    to.feed(bytes.substr(0, at));
    to.feed(bytes.substr(at));
    check(to);
  }
}

} // namespace zmqrt::wire_test
