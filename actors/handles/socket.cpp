// SPDX-License-Identifier: MPL-2.0
//
// zmqrt::socket: endpoints, options and life. Sending and receiving are in
// socket_traffic.cpp.

#include "zmqrt/socket.hpp"

#include <cstring>

#include "actors/handles/limit.hpp"
#include "actors/handles/socket_body.hpp"
#include "transports/posix/listening_socket.hpp"

namespace zmqrt {

using actors::patience;

actors::socket_body& socket::body() const {
  if (body_ == nullptr)
    throw error{errc::not_a_socket, "socket", "the handle is empty"};
  return *body_;
}

// -- endpoints ----------------------------------------------------------------

std::string socket::bind(std::string_view endpoint) {
  return body()
    .ask(actors::bind_endpoint{std::string{endpoint}}, "bind", endpoint)
    .subject;
}

void socket::connect(std::string_view endpoint) {
  body().ask(actors::connect_endpoint{std::string{endpoint}, false}, "connect",
             endpoint);
}

std::uint32_t socket::connect_peer(std::string_view endpoint) {
  return body()
    .ask(actors::connect_endpoint{std::string{endpoint}, true}, "connect_peer",
         endpoint)
    .routing_id;
}

void socket::unbind(std::string_view endpoint) {
  body().ask(actors::unbind_endpoint{std::string{endpoint}}, "unbind",
             endpoint);
}

void socket::disconnect(std::string_view endpoint) {
  body().ask(actors::disconnect_endpoint{std::string{endpoint}}, "disconnect",
             endpoint);
}

// -- options ------------------------------------------------------------------

namespace {

[[noreturn]] void throw_refused(int id, const failure& why) {
  throw error{why.code, option_name(id), why.rule};
}

struct change {
  std::optional<failure> outcome;
  socket_type type;
  int id;
  option_moment moment;
  option_value value;
  std::span<const std::byte> raw;
};

/// SUBSCRIBE and UNSUBSCRIBE are acted on, beyond being set.
bool is_verb(int id) {
  return id == option::subscribe.id || id == option::unsubscribe.id;
}

void act_on(actors::socket_body& body, int id, std::string_view topic) {
  const auto why = body.door().subscribe(topic, id == option::subscribe.id);
  if (why)
    throw error{why, option_name(id), "the socket does not take it now"};
}

void check_open(actors::socket_body& body) {
  if (auto why = body.door().failure(); why == errc::not_a_socket)
    throw error{why, "socket", "it is closed"};
}

/// Refused now rather than by the bind, where the option is long forgotten.
/// What is out of range is left to the table, and programs of the C API, which
/// expect any to be taken, to the bind.
void check_descriptor(actors::socket_body& body, int id, int fd) {
  if (id != option::use_fd.id || fd < 0 || body.door().options().as_libzmq)
    return;
  if (const auto why = transports::check_listening(fd))
    throw_refused(id, *why);
}

} // namespace

void socket::set_value(int id, option_value value) {
  auto& self = body();
  check_open(self);
  if (const auto* number = std::get_if<int>(&value))
    check_descriptor(self, id, *number);
  // Of another type where a key was made by hand; then the table refuses it.
  const auto* const text = std::get_if<std::string>(&value);
  const std::string topic =
    is_verb(id) && text != nullptr ? *text : std::string{};
  change job{{}, self.core().type(), id, self.moment(id), std::move(value), {}};
  self.door().change_options(
    [](socket_options& in, void* argument) {
      auto& what = *static_cast<change*>(argument);
      what.outcome =
        set_option(in, what.type, what.id, std::move(what.value), what.moment);
    },
    &job);
  if (job.outcome)
    throw_refused(id, *job.outcome);
  if (is_verb(id))
    act_on(self, id, topic);
}

void socket::set_raw(int id, std::span<const std::byte> value) {
  auto& self = body();
  check_open(self);
  if (int number = 0; value.size() == sizeof number) {
    std::memcpy(&number, value.data(), sizeof number);
    check_descriptor(self, id, number);
  }
  change job{{}, self.core().type(), id, self.moment(id), {}, value};
  self.door().change_options(
    [](socket_options& in, void* argument) {
      auto& what = *static_cast<change*>(argument);
      what.outcome =
        set_raw_option(in, what.type, what.id, what.raw, what.moment);
    },
    &job);
  if (job.outcome)
    throw_refused(id, *job.outcome);
  if (is_verb(id))
    act_on(self, id,
           {reinterpret_cast<const char*>(value.data()), value.size()});
}

option_value socket::get_value(int id) const {
  auto& self = body();
  check_open(self);
  auto found = get_option(self.door().options(), id, self);
  if (!found)
    throw_refused(id, found.why());
  return std::move(*found);
}

std::vector<std::byte> socket::get_raw(int id) const {
  auto& self = body();
  check_open(self);
  auto found = get_raw_option(self.door().options(), id, self);
  if (!found)
    throw_refused(id, found.why());
  return std::move(*found);
}

// -- groups -------------------------------------------------------------------

namespace {

void change_group(actors::socket_body& self, std::string_view group, bool on) {
  check_open(self);
  const char* const verb = on ? "join" : "leave";
  if (self.core().type() != socket_type::dish)
    throw error{errc::not_supported, verb, "only a DISH has groups"};
  if (const auto why = self.door().subscribe(group, on))
    throw error{why, verb,
                on ? "the group was joined already, or is none"
                   : "the group was not joined"};
}

} // namespace

void socket::join(std::string_view group) {
  change_group(body(), group, true);
}

void socket::leave(std::string_view group) {
  change_group(body(), group, false);
}

// -- peers --------------------------------------------------------------------

std::vector<zmqrt::peer_info> socket::peers() const {
  auto& self = body();
  check_open(self);
  return self.door().peers();
}

std::optional<zmqrt::peer_info>
socket::peer_info(std::string_view routing_id) const {
  auto& self = body();
  check_open(self);
  return self.door().find_peer(routing_id);
}

std::optional<zmqrt::peer_info>
socket::peer_info(std::uint32_t routing_number) const {
  auto& self = body();
  check_open(self);
  return self.door().find_peer(routing_number);
}

// -- life ---------------------------------------------------------------------

socket_type socket::type() const {
  auto& self = body();
  check_open(self);
  return self.core().type();
}

socket_statistics socket::statistics() const {
  auto& self = body();
  check_open(self);
  return self.door().statistics();
}

zmqrt::monitor socket::monitor(std::uint32_t mask) {
  auto& self = body();
  check_open(self);
  return zmqrt::monitor{self.monitor(mask)};
}

void socket::close() {
  body().close();
}

bool socket::close_for(milliseconds limit) {
  return body().close_for(actors::bounded(limit));
}

} // namespace zmqrt
