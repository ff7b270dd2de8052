// SPDX-License-Identifier: MPL-2.0
//
// Reading messages out of queued batches (RFC 23, "Framing"): what the inline
// path of batch_reader leaves. Under the lock of the queue's owner.

#include <cassert>
#include <iterator>
#include <new>

#include "libzmqrt/message/batch.hpp"

namespace zmqrt {

namespace {

// Finished segments stay in the table until there are this many: moving the
// others down costs more than keeping a few empty entries.
constexpr std::size_t max_finished = 64;

auto nth(std::vector<segment>& in, std::size_t index) {
  return std::next(in.begin(), static_cast<std::ptrdiff_t>(index));
}

} // namespace

batch_reader::batch_reader(batch_reader&& other) noexcept
  : source_(other.source_), copies_(other.copies_),
    queue_(std::move(other.queue_)), front_(other.front_),
    cursor_(other.cursor_), end_(other.end_), messages_(other.messages_),
    bytes_(other.bytes_) {
  other.clear();
}

batch_reader& batch_reader::operator=(batch_reader&& other) noexcept {
  if (this != &other) {
    source_ = other.source_;
    copies_ = other.copies_;
    queue_ = std::move(other.queue_);
    front_ = other.front_;
    cursor_ = other.cursor_;
    end_ = other.end_;
    messages_ = other.messages_;
    bytes_ = other.bytes_;
    other.clear();
  }
  return *this;
}

void batch_reader::push(batch& from) {
  if (queue_.empty()) {
    queue_.swap(from.segments_);
    enter_segment();
  } else {
    if (front_ >= max_finished && 2 * front_ >= queue_.size()) {
      queue_.erase(queue_.begin(), nth(queue_, front_));
      front_ = 0;
    }
    queue_.insert(queue_.end(), std::move_iterator{from.segments_.begin()},
                  std::move_iterator{from.segments_.end()});
  }
  messages_ += from.messages_;
  bytes_ += from.bytes_;
  from.clear();
}

bool batch_reader::next_slowly(
  message& out, const std::shared_ptr<const peer_properties>& from) {
  if (messages_ == 0)
    return false;
  batch_place at;
  if (front_ < queue_.size())
    at = {front_, static_cast<std::size_t>(cursor_ - queue_[front_].data)};
  std::size_t taken = 0;
  out.count_ = 0;
  out.routing_id_ = 0;
  if (out.rest_)
    out.rest_->clear();
  try {
    frame_view part;
    do {
      frame made;
      if (!next_frame(queue_, at, part)) {
        assert(false && "not a canonical batch");
        return false;
      }
      if (!read(part, made))
        return out.clear(), false;
      out.push_back(std::move(made));
      taken += part.wire_size;
    } while (part.more());
  } catch (const std::bad_alloc&) {
    return out.clear(), false;
  }
  out.set_properties(from);
  commit(at, taken);
  return true;
}

bool batch_reader::skip() {
  if (messages_ == 0)
    return false;
  batch_place at{front_,
                 static_cast<std::size_t>(cursor_ - queue_[front_].data)};
  std::size_t taken = 0;
  frame_view part;
  do {
    if (!next_frame(queue_, at, part)) {
      assert(false && "not a canonical batch");
      return false;
    }
    taken += part.wire_size;
  } while (part.more());
  commit(at, taken);
  return true;
}

void batch_reader::clear() noexcept {
  queue_.clear();
  front_ = 0;
  cursor_ = nullptr;
  end_ = nullptr;
  messages_ = 0;
  bytes_ = 0;
}

bool batch_reader::read(const frame_view& found, frame& into) const noexcept {
  const slab_ref& owner = *found.owner;
  const std::size_t size = found.body.size();
  if (size <= frame::inline_capacity) {
    into = frame{found.body};
    return true;
  }
  if (!owner || (!copies_ && size >= owner->capacity() / 2)) {
    into = frame::share(owner, found.body);
    return true;
  }
  slab* const own = source_->take(size).release();
  if (own == nullptr)
    return false;
  std::memcpy(own->data(), found.body.data(), size);
  into.set_outside(frame::kind::slab, {own, own->data(), size});
  return true;
}

void batch_reader::commit(const batch_place& to, std::size_t taken) noexcept {
  for (; front_ < to.segment; ++front_)
    queue_[front_] = {};
  cursor_ = queue_[front_].data + to.offset;
  end_ = queue_[front_].data + queue_[front_].size;
  bytes_ -= taken;
  --messages_;
  if (cursor_ == end_)
    leave_segment();
}

void batch_reader::enter_segment() noexcept {
  while (front_ < queue_.size() && queue_[front_].size == 0)
    queue_[front_++] = {};
  if (front_ == queue_.size()) {
    queue_.clear();
    front_ = 0;
    cursor_ = nullptr;
    end_ = nullptr;
    return;
  }
  cursor_ = queue_[front_].data;
  end_ = cursor_ + queue_[front_].size;
  prefetch_start_to_read(cursor_);
}

void batch_reader::leave_segment() noexcept {
  queue_[front_++] = {};
  enter_segment();
}

} // namespace zmqrt
