// SPDX-License-Identifier: MPL-2.0
//
// The receive path. See the header. What an unfinished message may pin is
// bounded by about twice what has arrived of it, and by MAXMSGSIZE times the
// frames it may have.

#include "libzmqrt/wire/traffic.hpp"

#include <cstring>

namespace zmqrt::wire {

namespace {

/// A direct read of less is not worth a system call of its own.
constexpr std::size_t direct_threshold = 16 * 1024;

verdict judge(scan_stop why) {
  switch (why) {
  case scan_stop::bad_flags:
    return broken();
  case scan_stop::too_long:
  case scan_stop::too_many:
    return refused(errc::message_too_long);
  case scan_stop::exhausted:
  case scan_stop::partial:
  case scan_stop::command:
    break;
  }
  return {};
}

} // namespace

traffic::traffic(framing peers, const frame_limits& limits,
                 buffer_source& source, command_sink& commands) noexcept
  : framing_(peers), limits_(limits), source_(&source), commands_(&commands),
    assembly_(source) {
}

verdict traffic::receive(const slab_ref& owner,
                         std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    if (assembly_.filling() || header_size_ != 0 || framing_ == framing::v1)
      [[unlikely]] {
      if (verdict bad = resume(bytes))
        return bad;
    } else if (verdict bad = scan_run(owner, bytes)) {
      return bad;
    }
  }
  return {};
}

// -- frames that lie whole in the buffer --------------------------------------

verdict traffic::scan_run(const slab_ref& owner,
                          std::span<const std::byte>& bytes) {
  const std::byte* const begin = bytes.data();
  const std::byte* const end = begin + bytes.size();
  const scan run = scan_frames(begin, end, limits_, frames_);
  if (run.messages != 0) {
    deliver_held();
    delivered_.append(owner, begin,
                      static_cast<std::size_t>(run.behind_messages - begin));
    delivered_.add_messages(run.messages);
  }
  if (verdict bad = judge(run.why))
    return bad;
  frames_ = run.frames;
  if (!hold(owner, run.behind_messages,
            static_cast<std::size_t>(run.at - run.behind_messages)))
    return out_of_memory();
  bytes = bytes.subspan(static_cast<std::size_t>(run.at - begin));
  if (run.why == scan_stop::partial)
    return begin_partial(bytes);
  if (run.why != scan_stop::command)
    return {};
  const auto body = bytes.subspan(run.stopped.size, run.stopped.body);
  bytes = bytes.subspan(run.stopped.size + run.stopped.body);
  return commands_->on_command(body);
}

bool traffic::hold(const slab_ref& owner, const std::byte* data,
                   std::size_t size) {
  if (size == 0)
    return true;
  if (size >= attach_threshold) {
    held_.append(owner, data, size);
    return true;
  }
  // A message that waits for its last frame must not pin a receive buffer.
  slab_ref copy = source_->take(size);
  if (!copy)
    return false;
  std::memcpy(copy->data(), data, size);
  held_.append(copy, copy->data(), size);
  return true;
}

// -- frames in pieces
// ----------------------------------------------------------

verdict traffic::begin_partial(std::span<const std::byte>& bytes) {
  const frame_header header = read_v2_header(bytes.data(), bytes.size());
  if (header.size == 0)
    return resume(bytes);
  std::memcpy(header_.data(), bytes.data(), header.size);
  bytes = bytes.subspan(header.size);
  if (verdict bad = begin_frame(header))
    return bad;
  return resume(bytes);
}

verdict traffic::resume(std::span<const std::byte>& bytes) {
  while (!assembly_.filling()) {
    if (bytes.empty())
      return {};
    header_[header_size_++] = bytes.front();
    bytes = bytes.subspan(1);
    const frame_header header = read_header();
    if (verdict bad = judge(check_header(header, limits_, frames_)))
      return bad;
    if (header.size == 0)
      continue;
    header_size_ = 0;
    if (verdict bad = begin_frame(header))
      return bad;
    if (!assembly_.filling())
      return finish_frame();
  }
  if (!assembly_.fill(bytes))
    return out_of_memory();
  return assembly_.filling() ? verdict{} : finish_frame();
}

frame_header traffic::read_header() const noexcept {
  return framing_ == framing::v2 ? read_v2_header(header_.data(), header_size_)
                                 : read_v1_header(header_.data(), header_size_);
}

verdict traffic::begin_frame(const frame_header& header) {
  std::size_t size = header.size;
  if (framing_ == framing::v1)
    size = write_v2_header(header_.data(), header.flags, header.body);
  flags_ = header.flags;
  if (!assembly_.begin({header_.data(), size}, header.body))
    return out_of_memory();
  return {};
}

verdict traffic::finish_frame() {
  if ((flags_ & frame_flag_command) != 0) {
    verdict bad = commands_->on_command(assembly_.body());
    assembly_.drop();
    return bad;
  }
  if ((flags_ & frame_flag_more) != 0) {
    assembly_.take(held_);
    ++frames_;
    return {};
  }
  deliver_held();
  assembly_.take(delivered_);
  delivered_.add_messages(1);
  frames_ = 0;
  return {};
}

void traffic::deliver_held() {
  if (held_.empty())
    return;
  delivered_.splice(held_);
}

std::span<std::byte> traffic::direct_target() noexcept {
  if (assembly_.missing() < direct_threshold)
    return {};
  return assembly_.room();
}

verdict traffic::received_direct(std::size_t size) {
  if (!assembly_.written(size))
    return out_of_memory();
  return assembly_.filling() ? verdict{} : finish_frame();
}

} // namespace zmqrt::wire
