// SPDX-License-Identifier: MPL-2.0
//
// zmqrt::socket: sending and receiving, straight through the gate.

#include "actors/handles/limit.hpp"
#include "actors/handles/refuse.hpp"
#include "actors/handles/socket_body.hpp"
#include "zmqrt/socket.hpp"

namespace zmqrt {

void actors::refuse(std::error_code code, const char* verb) {
  if (code == errc::again)
    throw error{code, verb, "it would block, or its time ran out"};
  if (code == errc::not_supported)
    throw error{code, verb, "the socket type does not do that"};
  if (code == errc::invalid_argument)
    throw error{code, verb, "a message needs at least one frame"};
  if (code == errc::message_too_long)
    throw error{code, verb,
                "it has more than 65536 frames, or more bytes than MAX_MSGSZ "
                "or a datagram allows"};
  if (code == errc::would_deadlock)
    throw error{code, verb, "called on a thread of the runtime"};
  throw error{code, verb};
}

namespace {

using actors::gate;
using actors::patience;
using actors::refuse;

void check(std::error_code code, const char* verb) {
  if (code) [[unlikely]]
    refuse(code, verb);
}

// For verbs that answer "would block" instead of throwing it.
bool accepted(std::error_code code, const char* verb) {
  if (!code) [[likely]]
    return true;
  if (code != errc::again)
    refuse(code, verb);
  return false;
}

patience up_to(std::chrono::milliseconds limit) {
  const auto most = actors::bounded(limit);
  return most ? patience{std::chrono::nanoseconds{*most}.count()}
              : patience::forever();
}

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span{text.data(), text.size()});
}

} // namespace

// -- sending ------------------------------------------------------------------

void socket::send(std::string_view text) {
  send(bytes_of(text));
}

void socket::send(std::span<const std::byte> bytes) {
  auto& door = body().door();
  check(door.send(bytes, door.send_patience()), "send");
}

void socket::send(const message& what) {
  auto& door = body().door();
  check(door.send(what, door.send_patience()), "send");
}

void socket::send(message&& what) {
  auto& door = body().door();
  check(door.send(std::move(what), door.send_patience()), "send");
}

bool socket::try_send(std::string_view text) {
  return accepted(body().door().send(bytes_of(text), patience::never()),
                  "try_send");
}

bool socket::try_send(const message& what) {
  return accepted(body().door().send(what, patience::never()), "try_send");
}

bool socket::try_send(message&& what) {
  return accepted(body().door().send(std::move(what), patience::never()),
                  "try_send");
}

bool socket::send_for(const message& what, milliseconds limit) {
  return accepted(body().door().send(what, up_to(limit)), "send_for");
}

bool socket::send_for(message&& what, milliseconds limit) {
  return accepted(body().door().send(std::move(what), up_to(limit)),
                  "send_for");
}

std::size_t socket::send_batch(std::span<message> what) {
  auto& door = body().door();
  std::size_t count = 0;
  check(door.send_batch(what, door.send_patience(), count), "send_batch");
  return count;
}

std::size_t socket::try_send_batch(std::span<message> what) {
  std::size_t count = 0;
  (void)accepted(body().door().send_batch(what, patience::never(), count),
                 "try_send_batch");
  return count;
}

// -- receiving ----------------------------------------------------------------

message socket::recv() {
  auto& door = body().door();
  message result;
  check(door.recv(result, door.receive_patience()), "recv");
  return result;
}

std::optional<message> socket::try_recv() {
  std::optional<message> result{std::in_place};
  if (!accepted(body().door().recv(*result, patience::never()), "try_recv"))
    result.reset();
  return result;
}

std::optional<message> socket::recv_for(milliseconds limit) {
  std::optional<message> result{std::in_place};
  if (!accepted(body().door().recv(*result, up_to(limit)), "recv_for"))
    result.reset();
  return result;
}

std::vector<message> socket::recv_batch(std::size_t most) {
  std::vector<message> result;
  recv_batch(result, most);
  return result;
}

std::size_t socket::recv_batch(std::vector<message>& into, std::size_t most) {
  auto& door = body().door();
  into.clear();
  check(door.recv_batch(into, most, door.receive_patience()), "recv_batch");
  return into.size();
}

std::vector<message> socket::try_recv_batch(std::size_t most) {
  std::vector<message> result;
  (void)accepted(body().door().recv_batch(result, most, patience::never()),
                 "try_recv_batch");
  return result;
}

} // namespace zmqrt
