// SPDX-License-Identifier: MPL-2.0
//
// zmqrt::context: the handle of a context_core.

#include "zmqrt/context.hpp"

#include "actors/context/context_core.hpp"
#include "actors/handles/socket_body.hpp"

namespace zmqrt {

context::context() : context(context_options{}) {
}

context::context(context_options options)
  : core_(actors::context_core::make(options, nullptr)) {
}

context::context(caf::actor_system& system, context_options options)
  : core_(actors::context_core::make(options, &system)) {
}

context::context(context&& other) noexcept = default;

context::~context() {
  if (core_ == nullptr)
    return;
  if (core_->forked()) {
    // The parent's threads are not here: whatever we touched would hang.
    (void)new std::shared_ptr<actors::context_core>(std::move(core_));
    return;
  }
  (void)core_->terminate(std::nullopt);
}

socket context::socket(socket_type type) {
  return actors::socket_access::make(
    std::make_shared<actors::socket_body>(core_->open(type)));
}

void context::shutdown() noexcept {
  core_->shutdown();
}

void context::term() {
  (void)core_->terminate(std::nullopt);
}

bool context::term_for(std::chrono::milliseconds limit) {
  return core_->terminate(limit);
}

std::vector<unfinished_work> context::unfinished() const {
  return core_->unfinished();
}

std::string_view context::backend() const noexcept {
  return core_->backend();
}

} // namespace zmqrt

namespace zmqrt::actors {

context context_core::handle(std::shared_ptr<context_core> core) {
  context result{std::move(core)};
  return result;
}

} // namespace zmqrt::actors
