// SPDX-License-Identifier: MPL-2.0
//
// A message: one or more frames, sent and received whole. A value, like the
// frames it is made of; copies are cheap.

#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "zmqrt/frame.hpp"

namespace zmqrt {

class peer_properties;

class ZMQRT_EXPORT message {
public:
  /// No frames yet; such a message can be received into, not sent.
  message() noexcept = default;
  /// One frame, a copy of `text`.
  explicit message(std::string_view text) : first_(text), count_(1) {
  }
  explicit message(const char* text) : message(std::string_view{text}) {
  }
  /// One frame, a copy of `bytes`.
  explicit message(std::span<const std::byte> bytes)
    : first_(bytes), count_(1) {
  }
  /// One frame.
  explicit message(frame single) noexcept
    : first_(std::move(single)), count_(1) {
  }
  /// A frame for each text.
  message(std::initializer_list<std::string_view> texts);
  message(const message& other);
  message(message&& other) noexcept
    : first_(std::move(other.first_)), count_(std::exchange(other.count_, 0)),
      routing_id_(other.routing_id_), rest_(std::move(other.rest_)),
      properties_(std::move(other.properties_)) {
  }
  message& operator=(const message& other);
  message& operator=(message&& other) noexcept {
    first_ = std::move(other.first_);
    if (this != &other)
      count_ = std::exchange(other.count_, 0);
    routing_id_ = other.routing_id_;
    rest_ = std::move(other.rest_);
    properties_ = std::move(other.properties_);
    return *this;
  }
  ~message() = default;

  /// How many frames.
  [[nodiscard]] std::size_t size() const noexcept {
    return count_;
  }
  [[nodiscard]] bool empty() const noexcept {
    return count_ == 0;
  }
  /// How many bytes in all frames together.
  [[nodiscard]] std::size_t bytes() const noexcept;

  /// Frame `index`, which must be below size().
  [[nodiscard]] const frame& operator[](std::size_t index) const& noexcept {
    return index == 0 ? first_ : rest_->frames[index - 1];
  }
  [[nodiscard]] frame& operator[](std::size_t index) & noexcept {
    return index == 0 ? first_ : rest_->frames[index - 1];
  }
  /// By value, so that no view into a temporary survives it.
  [[nodiscard]] frame operator[](std::size_t index) && noexcept {
    return std::move((*this)[index]);
  }
  /// Throws std::out_of_range.
  [[nodiscard]] const frame& at(std::size_t index) const&;

  /// Appends a frame.
  void push_back(frame part);
  void push_back(std::string_view text) {
    push_back(frame{text});
  }
  void push_back(const char* text) {
    push_back(frame{std::string_view{text}});
  }
  /// Puts a frame in front of the others.
  void push_front(frame part);
  /// Takes the first frame off; the message must not be empty.
  frame pop_front();
  /// Back to no frames, no properties, no routing id and no group.
  void clear() noexcept;

  /// The one frame's bytes as an owned text; throws error (invalid_argument)
  /// unless there is exactly one frame.
  [[nodiscard]] std::string str() const;

  /// A property of the connection it came by: Socket-Type, Routing-Id,
  /// Peer-Address, User-Id, or what the peer's own metadata says. Names
  /// compare without regard to case (RFC 37, metadata). Throws error
  /// (invalid_argument) for an unknown one. The view lives as long as this
  /// message.
  [[nodiscard]] std::string_view property(std::string_view name) const&;
  std::string_view property(std::string_view name) const&& = delete;
  [[nodiscard]] bool has_property(std::string_view name) const noexcept;

  /// SERVER and PEER: by which peer it came, and to which it goes; never 0 in
  /// what was received (RFC 41, zmq_msg_routing_id(3)). 0: none.
  [[nodiscard]] std::uint32_t routing_id() const noexcept {
    return routing_id_;
  }
  void set_routing_id(std::uint32_t id) noexcept {
    routing_id_ = id;
  }
  /// RADIO and DISH: the group that it goes to or came by (RFC 48,
  /// zmq_msg_group(3)); empty until it is set. The view lives as long as this
  /// message, unchanged.
  [[nodiscard]] std::string_view group() const& noexcept {
    return rest_ ? rest_->group.view() : std::string_view{};
  }
  std::string_view group() const&& = delete;
  /// Throws error (invalid_argument) for more than longest_group bytes, or a
  /// zero among them; std::bad_alloc.
  void set_group(std::string_view name);
  static constexpr std::size_t longest_group = 255;
  [[nodiscard]] static bool is_group(std::string_view name) noexcept {
    return name.size() <= longest_group && name.find('\0') == name.npos;
  }

  /// Used by the runtime. Cheap when they are the same ones as before.
  void
  set_properties(const std::shared_ptr<const peer_properties>& from) noexcept {
    if (properties_ != from)
      properties_ = from;
  }
  /// Used by the runtime.
  [[nodiscard]] const std::shared_ptr<const peer_properties>&
  properties() const noexcept {
    return properties_;
  }

private:
  friend class batch_reader;
  friend class batch_writer;

  /// What few messages have.
  struct rest {
    std::vector<frame> frames; ///< those behind the first
    frame group;
    void clear() noexcept {
      frames.clear();
      group = frame{};
    }
  };

  /// A thread keeps some for its next messages.
  struct ZMQRT_EXPORT recycle {
    void operator()(rest* gone) const noexcept;
  };
  struct spares;

  [[nodiscard]] rest& make_rest();

  frame first_;
  std::uint32_t count_ = 0;
  std::uint32_t routing_id_ = 0;
  std::unique_ptr<rest, recycle> rest_;
  std::shared_ptr<const peer_properties> properties_;
};

static_assert(sizeof(message) <= 104);

} // namespace zmqrt
