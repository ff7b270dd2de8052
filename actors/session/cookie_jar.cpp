// SPDX-License-Identifier: MPL-2.0
//
// See the header.

#include "actors/session/cookie_jar.hpp"

namespace zmqrt::actors {

cookie_jar::cookie_jar(std::shared_ptr<transports::reactor> loop)
  : loop_(std::move(loop)), cookies_(keys::system_entropy()),
    timer_(this,
           [](void* self) { static_cast<cookie_jar*>(self)->on_timer(); }) {
}

security::curve_cookies& cookie_jar::open() {
  if (!closed_ && !timer_.armed())
    loop_->arm(timer_, loop_->now() + security::cookie_life);
  return cookies_;
}

void cookie_jar::close() noexcept {
  closed_ = true;
  if (timer_.armed())
    loop_->disarm(timer_);
  cookies_.expire(loop_->now() + 2 * security::cookie_life); // all of them
}

void cookie_jar::on_timer() {
  cookies_.expire(loop_->now());
  if (const auto next = cookies_.expires())
    loop_->arm(timer_, *next);
}

} // namespace zmqrt::actors
