// SPDX-License-Identifier: MPL-2.0
//
// The parts of message that are not on every message's path: several frames,
// properties, texts. One message belongs to one thread at a time.

#include "zmqrt/message.hpp"

#include <array>
#include <stdexcept>

#include "libzmqrt/message/peer_properties.hpp"
#include "zmqrt/error.hpp"

namespace zmqrt {

// A message of several frames, received and dropped, again and again, would
// cost two allocations each time.
struct message::spares {
  static constexpr std::size_t most = 64;
  static constexpr std::size_t most_frames = 16;

  ~spares() {
    for (; count != 0; --count)
      delete all[count - 1];
    over = true;
  }

  /// Null: this thread is ending.
  static spares* of_thread() noexcept {
    thread_local spares mine;
    return over ? nullptr : &mine;
  }

  std::array<rest*, most> all{};
  std::size_t count = 0;
  // Has no destructor, so that it outlives the others of its thread.
  static thread_local bool over;
};

thread_local bool message::spares::over = false;

void message::recycle::operator()(rest* gone) const noexcept {
  gone->clear();
  spares* const here = spares::of_thread();
  if (here == nullptr || here->count == spares::most
      || gone->frames.capacity() > spares::most_frames)
    delete gone;
  else
    here->all[here->count++] = gone;
}

message::message(std::initializer_list<std::string_view> texts) {
  for (std::string_view text : texts)
    push_back(frame{text});
}

message::message(const message& other)
  : first_(other.first_), count_(other.count_), routing_id_(other.routing_id_),
    properties_(other.properties_) {
  if (other.rest_)
    make_rest() = *other.rest_;
}

message& message::operator=(const message& other) {
  if (this != &other)
    *this = message{other};
  return *this;
}

message::rest& message::make_rest() {
  if (!rest_) {
    spares* const here = spares::of_thread();
    rest_.reset(here != nullptr && here->count != 0 ? here->all[--here->count]
                                                    : new rest);
  }
  return *rest_;
}

std::size_t message::bytes() const noexcept {
  std::size_t sum = 0;
  for (std::size_t i = 0; i < count_; ++i)
    sum += (*this)[i].size();
  return sum;
}

const frame& message::at(std::size_t index) const& {
  if (index >= count_)
    throw std::out_of_range{"message::at: no such frame"};
  return (*this)[index];
}

void message::push_back(frame part) {
  if (count_ == 0) {
    first_ = std::move(part);
  } else {
    make_rest().frames.push_back(std::move(part));
  }
  ++count_;
}

void message::push_front(frame part) {
  if (count_ != 0) {
    auto& others = make_rest().frames;
    others.insert(others.begin(), std::move(first_));
  }
  first_ = std::move(part);
  ++count_;
}

frame message::pop_front() {
  frame taken = std::move(first_);
  if (count_ > 1) {
    auto& others = rest_->frames;
    first_ = std::move(others.front());
    others.erase(others.begin());
  }
  --count_;
  return taken;
}

void message::clear() noexcept {
  first_ = frame{};
  count_ = 0;
  routing_id_ = 0;
  rest_.reset();
  properties_.reset();
}

void message::set_group(std::string_view name) {
  if (!is_group(name))
    throw error{errc::invalid_argument, "message::set_group",
                "a group has at most 255 bytes, and no zero among them"};
  if (rest_ || !name.empty())
    make_rest().group = frame{name};
}

std::string message::str() const {
  if (count_ != 1)
    throw error{errc::invalid_argument, "message::str",
                "the message must have exactly one frame"};
  return std::string{first_.view()};
}

std::string_view message::property(std::string_view name) const& {
  const std::string* value = properties_ ? properties_->find(name) : nullptr;
  if (value == nullptr)
    throw error{errc::invalid_argument, name,
                "the message has no such property"};
  return *value;
}

bool message::has_property(std::string_view name) const noexcept {
  return properties_ && properties_->find(name) != nullptr;
}

} // namespace zmqrt
