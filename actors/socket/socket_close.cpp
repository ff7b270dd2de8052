// SPDX-License-Identifier: MPL-2.0
//
// How a socket actor ends: endpoints first, then lingering (LINGER,
// zmq_setsockopt(3)), then itself.

#include "actors/context/context_core.hpp"
#include "actors/socket/answers.hpp"
#include "actors/socket/left_wish.hpp"
#include "actors/socket/socket_actor.hpp"

namespace zmqrt::actors {

caf::result<answer> socket_actor::handle_close(std::int64_t linger_ms) {
  auto reply = make_response_promise<answer>();
  closers_.push_back(reply);
  if (linger_ms == own_linger)
    linger_ms = core_->door()->options().linger.count();
  if (!closing_) {
    closing_ = linger_ms;
    linger(linger_ms);
  } else if (linger_ms >= 0 && (*closing_ < 0 || linger_ms < *closing_)) {
    // A later request may only shorten it.
    closing_ = linger_ms;
    if (linger_ms == 0)
      stop_lingering();
    else
      loop().arm(linger_timer_,
                 loop().now() + std::chrono::milliseconds{linger_ms});
  }
  listeners_gone();
  finish_if_empty();
  return reply;
}

void socket_actor::linger(std::int64_t linger_ms) {
  core_->door()->fail(make_error_code(errc::terminated));
  for (auto& pending : pending_)
    pending.reply.deliver(
      refused(errc::not_a_socket, pending.where.text, "the socket was closed"));
  pending_.clear();
  std::vector<wish_id> left;
  core_->home()->inproc().leave(core_->door(),
                                linger_ms == 0 ? nullptr : &left);
  look_after(left, -1);
  std::erase_if(bound_, [](const auto& entry) { return !entry.child; });
  std::erase_if(connected_, [](const auto& entry) { return !entry.child; });
  if (linger_ms == 0)
    core_->door()->discard();
  for (auto& entry : bound_)
    send(entry.child, stop_listening{});
  for (auto& entry : connected_)
    send(entry.child, stop_connecting{linger_ms});
  for (auto& child : leaving_)
    send(child, stop_connecting{linger_ms});
  for (auto& [address, child] : sessions_) {
    if (linger_ms == 0)
      send(child, abort_session{});
    else
      send(child, drain_session{});
  }
  if (linger_ms > 0)
    loop().arm(linger_timer_,
               loop().now() + std::chrono::milliseconds{linger_ms});
}

void socket_actor::look_after(const std::vector<wish_id>& wishes,
                              std::int64_t linger_ms) {
  for (const wish_id which : wishes) {
    auto child = spawn_pinned<left_wish>(unit(), core_, which, linger_ms,
                                         socket_handle{this});
    monitor(child);
    leaving_.push_back(std::move(child));
  }
}

void socket_actor::stop_lingering() {
  core_->door()->discard();
  for (auto& entry : connected_)
    send(entry.child, stop_connecting{0});
  for (auto& child : leaving_)
    send(child, stop_connecting{0});
  for (auto& [address, child] : sessions_)
    send(child, abort_session{});
}

void socket_actor::listeners_gone() {
  if (!closing_ || !bound_.empty())
    return;
  for (auto& reply : closers_)
    reply.deliver(answer{});
  closers_.clear();
}

void socket_actor::finish_if_empty() {
  if (closing_ && bound_.empty() && connected_.empty() && leaving_.empty()
      && sessions_.empty())
    quit();
}

void socket_actor::on_exit() {
  if (linger_timer_.armed())
    loop().disarm(linger_timer_);
  cookies_->close();
  core_->door()->fail(make_error_code(errc::terminated));
  core_->home()->inproc().leave(core_->door());
  for (auto& pending : pending_)
    pending.reply.deliver(refused(errc::terminated, pending.where.text));
  pending_.clear();
  for (auto& entry : bound_)
    for (auto& reply : entry.unbinders)
      reply.deliver(refused(errc::terminated, entry.text));
  bound_.clear();
  for (auto& reply : closers_)
    reply.deliver(answer{});
  closers_.clear();
  core_->events()->stop();
  core_->settle({});
  core_->home()->socket_closed(*core_);
  end_monitoring(parent_.address());
  parent_ = nullptr;
}

} // namespace zmqrt::actors
