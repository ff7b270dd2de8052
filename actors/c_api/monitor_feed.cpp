// SPDX-License-Identifier: MPL-2.0
//
// See monitor_feed.hpp.

#include "actors/c_api/monitor_feed.hpp"

#include <array>
#include <chrono>
#include <cstring>
#include <initializer_list>
#include <span>
#include <string_view>
#include <system_error>

#include "actors/c_api/c_socket.hpp"
#include "actors/c_api/outlet.hpp"
#include "actors/handles/door_of.hpp"
#include "actors/monitor/event_hub.hpp"
#include "zmqrt/error.hpp"
#include "zmqrt/event.hpp"

namespace zmqrt::c_api {

namespace {

/// ZMQ_EVENT_PIPES_STATS, a draft.
constexpr std::uint64_t pipes_stats = 0x10000;

constexpr auto stopped =
  static_cast<std::uint64_t>(event_kind::monitor_stopped);

template <class... Numbers>
void push_numbers(message& to, Numbers... numbers) {
  std::array<char, (sizeof numbers + ...)> bytes;
  std::size_t at = 0;
  ((std::memcpy(&bytes[at], &numbers, sizeof numbers), at += sizeof numbers),
   ...);
  to.push_back(std::string_view{bytes.data(), bytes.size()});
}

/// libzmq gives the number of a file descriptor, which is nobody else's
/// business here.
bool has_descriptor(event_kind kind) noexcept {
  switch (kind) {
  case event_kind::connected:
  case event_kind::listening:
  case event_kind::accepted:
  case event_kind::closed:
  case event_kind::disconnected:
    return true;
  default:
    return false;
  }
}

message first_version(std::uint64_t number, std::int64_t value,
                      std::string_view endpoint) {
  message made;
  push_numbers(made, static_cast<std::uint16_t>(number),
               static_cast<std::uint32_t>(value));
  made.push_back(endpoint);
  return made;
}

message second_version(std::uint64_t number,
                       std::span<const std::uint64_t> values,
                       std::string_view local, std::string_view remote) {
  message made;
  push_numbers(made, number);
  push_numbers(made, static_cast<std::uint64_t>(values.size()));
  for (const std::uint64_t each : values)
    push_numbers(made, each);
  made.push_back(local);
  made.push_back(remote);
  return made;
}

} // namespace

/// Shared with who publishes; it goes with the last of both.
class monitor_feed::feed {
public:
  feed(zmqrt::socket to, const monitor_wish& wish)
    : to_(outlet::make(std::move(to))), wish_(wish) {
  }

  /// One after the other: under the lock of the hub, or when it is left.
  void tell(const event& what) {
    const auto number = static_cast<std::uint64_t>(what.kind);
    over_ = over_ || number == stopped;
    if ((wish_.events & number) == 0)
      return;
    const std::int64_t value = has_descriptor(what.kind) ? -1 : what.value;
    const auto wide = static_cast<std::uint64_t>(value);
    to_->push(wish_.version == 1
                ? first_version(number, value, what.endpoint())
                : second_version(number, {&wide, 1}, what.local, what.remote));
  }

  void tell_queues(const actors::pipe_level& at) {
    const std::array<std::uint64_t, 2> values{at.unsent, at.unread};
    to_->push(second_version(pipes_stats, values, {}, at.endpoint));
  }

  /// From the monitored socket's own side, and it lives on.
  void end() {
    if (!over_)
      tell({event_kind::monitor_stopped, 0, {}, {}, 0});
    to_->settle();
    to_->handle().close();
  }

  void free_endpoint() {
    to_->handle().unbind(wish_.endpoint);
  }

  [[nodiscard]] const monitor_wish& wish() const noexcept {
    return wish_;
  }

private:
  std::shared_ptr<outlet> to_;
  monitor_wish wish_;
  bool over_ = false;
};

monitor_feed::monitor_feed(c_socket& of, const monitor_wish& wish)
  : source_(actors::events_of(of.handle())) {
  auto made = of.home()->open(wish.type, c_context::counted::no);
  made.set(option::linger, std::chrono::milliseconds{0});
  (void)made.bind(wish.endpoint);
  feed_ = std::make_shared<feed>(std::move(made), wish);
  const auto mask = static_cast<std::uint32_t>(wish.events & all_events);
  if (!source_->add_listener(
        feed_.get(), mask, [to = feed_](const event& what) { to->tell(what); }))
    throw error{errc::terminated, "zmq_socket_monitor", "the socket is over"};
}

monitor_feed::~monitor_feed() {
  if (!feed_)
    return;
  source_->remove_listener(feed_.get());
  try {
    feed_->end();
  } catch (const std::system_error&) {
    // On one of the runtime's own threads, where it must not wait, or with the
    // context: then it goes on behind the last handle's end.
  } catch (const std::bad_alloc&) {
    // There is no memory to say so.
  }
}

void monitor_feed::let_go() noexcept {
  try {
    feed_->free_endpoint();
  } catch (const std::system_error&) {
    // As above.
  } catch (const std::bad_alloc&) {
    // As above.
  }
  feed_.reset(); // the events hold on to it
}

void monitor_feed::tell_queues(c_socket& of) {
  if ((feed_->wish().events & pipes_stats) == 0)
    throw error{errc::invalid_argument, "zmq_socket_monitor_pipes_stats",
                "it was not asked for"};
  const auto levels = of.door().levels();
  if (levels.empty())
    throw error{errc::again, "zmq_socket_monitor_pipes_stats",
                "there is no peer"};
  for (const auto& each : levels)
    feed_->tell_queues(each);
}

} // namespace zmqrt::c_api
