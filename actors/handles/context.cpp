// SPDX-License-Identifier: MPL-2.0
//
// zmqrt::context: the handle of a context_core.

#include "zmqrt/context.hpp"

#include "actors/context/context_core.hpp"
#include "actors/handles/limit.hpp"
#include "actors/handles/socket_body.hpp"

namespace zmqrt {

namespace {

actors::context_core&
living(const std::shared_ptr<actors::context_core>& core) {
  if (core == nullptr)
    throw error{errc::terminated, "context", "it was moved from"};
  return *core;
}

} // namespace

context::context() : context(context_options{}) {
}

context::context(const context_options& options)
  : core_(actors::context_core::make(options, nullptr)) {
}

context::context(caf::actor_system& system, const context_options& options)
  : core_(actors::context_core::make(options, &system)) {
}

context::context(context&& other) noexcept = default;

context::~context() {
  if (core_ == nullptr)
    return;
  if (core_->forked())
    // The parent's threads are not here: whatever we touched would hang.
    core_->leave_behind();
  else
    actors::context_core::end(core_);
}

socket context::socket(socket_type type) {
  return actors::socket_access::make(
    std::make_shared<actors::socket_body>(living(core_).open(type)));
}

void context::shutdown() noexcept {
  if (core_ != nullptr)
    core_->shutdown();
}

void context::term() {
  (void)term_for(infinite);
}

bool context::term_for(std::chrono::milliseconds limit) {
  return core_ == nullptr || core_->terminate(actors::bounded(limit));
}

std::vector<unfinished_work> context::unfinished() const {
  return core_ != nullptr ? core_->unfinished()
                          : std::vector<unfinished_work>{};
}

context_options context::options() const {
  return living(core_).options();
}

void context::set_raw(int number, int value) {
  living(core_).change_option(number, value);
}

int context::get_raw(int number) const {
  return zmqrt::get_raw(options(), number);
}

std::string_view context::backend() const noexcept {
  return core_ != nullptr ? core_->backend() : std::string_view{};
}

} // namespace zmqrt

namespace zmqrt::actors {

context context_core::handle(std::shared_ptr<context_core> core) {
  context result{std::move(core)};
  return result;
}

} // namespace zmqrt::actors
