// SPDX-License-Identifier: MPL-2.0
//
// The engine: what leads from phase to phase, and what ends the connection.
// The phases themselves are greeting, handshake and traffic. See the header.

#include <cstring>

#include "libzmqrt/message/subscription.hpp"
#include "libzmqrt/wire/boxed_output.hpp"
#include "libzmqrt/wire/commands.hpp"
#include "libzmqrt/wire/engine_state.hpp"
#include "libzmqrt/wire/null_mechanism.hpp"

namespace zmqrt::wire {

namespace {

/// Answers to PINGs that wait to be written take no more than this; beyond
/// it a peer that asks without reading gets none (RFC 37: "To avoid PONG
/// storms").
constexpr std::size_t max_waiting_output = 4096;

} // namespace

void engine::implementation::start(time_point at) {
  if (state != phase::idle)
    return;
  now = at;
  if (options.raw) {
    enter_raw();
    return;
  }
  state = phase::greeting;
  if (!chosen)
    chosen = std::make_unique<null_mechanism>(ready_metadata(options));
  hello = std::make_unique<greeting>(
    greeting_offer{options.type, options.routing_id, chosen->name(),
                   chosen->as_server()},
    output);
  if (options.handshake_limit > duration::zero())
    table.set(timer::handshake, at + options.handshake_limit);
}

void engine::implementation::enter_raw() {
  state = phase::raw;
  framing_ = framing::raw;
  chunks = std::make_unique<raw_chunks>(*buffers);
  was_ready = tell_ready = true;
}

verdict engine::implementation::receive(const slab_ref& owner,
                                        std::span<const std::byte> bytes) {
  if (state == phase::greeting) {
    hello->receive(bytes, output);
    if (!hello->done())
      return {};
    if (verdict bad = enter_handshake())
      return bad;
  }
  if (state == phase::handshake) {
    if (verdict bad = opening->receive(bytes, now, output))
      return bad;
    if (!opening->complete())
      return see_handshake(bytes);
    if (verdict bad = enter_traffic())
      return bad;
  }
  if (state == phase::raw)
    return chunks->receive(owner, bytes);
  if (box_input)
    return box_input->receive(owner, bytes, *incoming);
  return incoming->receive(owner, bytes);
}

batch* engine::implementation::delivered() noexcept {
  if (incoming)
    return &incoming->delivered();
  return chunks ? &chunks->delivered() : nullptr;
}

verdict engine::implementation::enter_handshake() {
  state = phase::handshake;
  opening = std::make_unique<handshake>(options, *hello, std::move(chosen));
  if (verdict bad = opening->begin(output))
    return bad;
  if (verdict bad = see_handshake({}))
    return bad;
  std::span<const std::byte> again = hello->taken_back();
  return opening->receive(again, now, output);
}

/// The handshake goes on, perhaps after an answer. `behind` is what came after
/// what led to the question.
verdict
engine::implementation::see_handshake(std::span<const std::byte> behind) {
  if (opening->asking() == nullptr)
    return {};
  // One command, with its header.
  const std::size_t most = options.max_command_size + longest_header;
  if (behind.size() > most - early.size())
    return broken(protocol_detail::unexpected_command);
  if (!asked)
    tell_question = true;
  asked = true;
  early.append(reinterpret_cast<const char*>(behind.data()), behind.size());
  return {};
}

verdict engine::implementation::on_answer(const auth_answer& answer) {
  asked = tell_question = false;
  if (verdict bad = opening->on_answer(answer, output))
    return bad;
  if (opening->complete())
    if (verdict bad = enter_traffic())
      return bad;
  if (early.empty())
    return {};
  const slab_ref copy = buffers->take(early.size());
  if (!copy)
    return out_of_memory();
  std::memcpy(copy->data(), early.data(), early.size());
  const std::span<const std::byte> again{copy->data(), early.size()};
  early = {};
  return receive(copy, again);
}

verdict engine::implementation::enter_traffic() {
  state = phase::traffic;
  framing_ = opening->peers_framing();
  const frame_limits limits = opening->traffic_limits();
  incoming.emplace(framing_, limits, *buffers, *this);
  box_cipher = opening->take_cipher();
  if (box_cipher)
    box_input = std::make_unique<boxed_input>(*box_cipher, limits, *buffers);
  plain_output = output.size();
  peer = opening->take_peer();
  opening.reset();
  hello.reset();
  table.clear(timer::handshake);
  if (peer.spoken >= revision::zmtp_3_0)
    beat.start(now);
  was_ready = tell_ready = true;
  return {};
}

verdict engine::implementation::on_command(std::span<const std::byte> body) {
  command received;
  if (verdict bad = parse_command(body, received))
    return bad;
  switch (received.kind) {
  case command_kind::ping: {
    ping question;
    if (verdict bad = parse_ping(received.data, question))
      return bad;
    beat.on_ping(question.ttl_deciseconds, now);
    if (output.size() < max_waiting_output)
      append_pong(output, question.context);
    return {};
  }
  case command_kind::pong:
    return {};
  case command_kind::subscribe:
  case command_kind::cancel:
    // As libzmq, those whom it does not concern do not mind it.
    if (is_type(socket_type::pub, socket_type::xpub))
      return on_subscription(received.kind == command_kind::subscribe,
                             received.data);
    return {};
  case command_kind::join:
  case command_kind::leave:
    if (is_type(socket_type::radio, socket_type::radio))
      return on_subscription(received.kind == command_kind::join,
                             received.data);
    return {};
  case command_kind::error:
    return refused_by_peer(received.data);
  case command_kind::ready:
  case command_kind::hello:
  case command_kind::welcome:
  case command_kind::initiate:
  case command_kind::unknown:
    break;
  }
  // libzmq ignores these. A peer that knows our revision has no use for
  // them, so that they are garbage here.
  return broken(protocol_detail::unexpected_command);
}

/// Publishers read it as what a peer before 3.1 sends instead: a message.
verdict
engine::implementation::on_subscription(bool on,
                                        std::span<const std::byte> topic) {
  const std::string body =
    to_text({on, {reinterpret_cast<const char*>(topic.data()), topic.size()}});
  if (!rewriter.append(incoming->delivered(), message{std::string_view{body}}))
    return out_of_memory();
  return {};
}

/// Commands after the handshake go in boxes, made when they are written, as
/// the order of boxes is that of their nonces.
bool engine::implementation::write_output(batch& to) {
  const slab_ref copy = buffers->take(output.size());
  if (!copy)
    return false;
  std::memcpy(copy->data(), output.data(), output.size());
  const std::size_t plain = box_cipher ? plain_output : output.size();
  batch commands;
  batch sealed;
  if (plain != output.size())
    commands.append(copy, copy->data() + plain, output.size() - plain);
  if (box_cipher && !seal(commands, sealed, *box_cipher, *buffers))
    return false;
  if (plain != 0)
    to.append(copy, copy->data(), plain);
  to.splice(sealed);
  return true;
}

void engine::implementation::close(const violation& why) {
  // What is left of the greeting and the handshake is still owed to the peer.
  if (was_ready) {
    output.clear();
    plain_output = 0;
  }
  tell_question = false;
  state = phase::closed;
  table.clear_all();
  hello.reset();
  opening.reset();
  ending end{why.reason, event_kind::disconnected,
             static_cast<std::uint32_t>(why.detail), why.text};
  if (why.auth_status != 0) {
    end.failure = event_kind::handshake_failed_auth;
    end.detail = why.auth_status;
  } else {
    end.failure = why.detail == protocol_detail::none
                    ? event_kind::handshake_failed_no_detail
                    : event_kind::handshake_failed_protocol;
  }
  if (was_ready)
    end.failure = event_kind::disconnected;
  tell_closed = std::move(end);
}

} // namespace zmqrt::wire
