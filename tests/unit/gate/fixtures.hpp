// SPDX-License-Identifier: MPL-2.0
//
// What tests of the gate share: short ways to make gates and to send and read
// texts without waiting, a bell that counts, the session's end of a pipe.

#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/gate/gate.hpp"
#include "libzmqrt/message/slab_pool.hpp"
#include "tests/support/catch.hpp"
#include "zmqrt/error.hpp"

namespace zmqrt::test {

using actors::gate;
using actors::patience;
using actors::pipe_id;

struct counting_bell final : actors::doorbell {
  void ring() noexcept override {
    rung.fetch_add(1);
  }
  std::atomic<int> rung{0};
};

inline socket_options with_hwm(int send_hwm, int receive_hwm) {
  socket_options made;
  made.sndhwm = send_hwm;
  made.rcvhwm = receive_hwm;
  return made;
}

inline std::shared_ptr<gate> make_gate(socket_type type, int send_hwm = 1000,
                                       int receive_hwm = 1000) {
  return std::make_shared<gate>(type, with_hwm(send_hwm, receive_hwm));
}

/// Without waiting.
inline std::error_code put(gate& into, std::string_view text) {
  return into.send(message{text}, patience::never());
}

/// Sends until it would block; answers how many went.
inline int fill(gate& into, int most = 100'000) {
  int sent = 0;
  while (sent < most && !put(into, std::to_string(sent)))
    ++sent;
  return sent;
}

/// Its frames, joined by '|'.
inline std::string joined(const message& what) {
  std::string text;
  for (std::size_t i = 0; i < what.size(); ++i)
    text += (i == 0 ? "" : "|") + std::string{what[i].view()};
  return text;
}

/// The next message's frames, joined; "-" when there is none, "!" and the code
/// where it is another error.
inline std::string get(gate& from) {
  message next;
  const auto why = from.recv(next, patience::never());
  if (why == errc::again)
    return "-";
  if (why)
    return "!" + why.message();
  return joined(next);
}

inline batch batch_of(const std::vector<std::string>& texts) {
  batch made;
  batch_writer writer(shared_pool());
  for (const auto& text : texts)
    if (!writer.append(made, message{std::string_view{text}}))
      return {};
  return made;
}

/// Each message's frames, joined.
inline std::vector<std::string> texts_in(batch& from) {
  batch_reader reader(shared_pool());
  reader.push(from);
  std::vector<std::string> texts;
  message next;
  while (reader.next(next))
    texts.push_back(joined(next));
  return texts;
}

/// Takes what the pipe has; the kernel has it then.
inline std::vector<std::string> taken(gate& from, pipe_id pipe) {
  batch out;
  from.take(pipe, out);
  from.accepted(pipe, out.messages(), out.bytes());
  return texts_in(out);
}

inline batch batch_with(const message& what) {
  batch made;
  batch_writer writer(shared_pool());
  REQUIRE(writer.append(made, what));
  return made;
}

/// As a session brings it.
inline void comes(gate& to, pipe_id pipe, const message& what) {
  batch made = batch_with(what);
  REQUIRE(to.deliver(pipe, made));
}

/// So many messages come in until the pipe is full.
inline int takes_in(gate& to, pipe_id pipe) {
  int came = 1;
  for (batch one = batch_of({"x"}); to.deliver(pipe, one); ++came)
    one = batch_of({"x"});
  return came;
}

/// A peer that calls itself so, and where it is.
inline actors::peer_facts facts(const std::string& name, std::string endpoint) {
  const auto properties = std::make_shared<peer_properties>();
  if (!name.empty())
    properties->set("Routing-Id", name);
  properties->set("X-colour", "blue");
  const auto about = std::make_shared<peer_info>();
  about->endpoint = std::move(endpoint);
  about->protocol = "ZMTP/3.1";
  about->told = properties;
  return {name, true, about};
}

/// An accepted pipe whose peer calls itself `name`; none: it is refused.
inline std::optional<pipe_id>
accept(gate& at, std::string name = {}, bool by_command = false,
       std::shared_ptr<actors::doorbell> bell = nullptr) {
  actors::pipe_setup setup;
  setup.peer = actors::peer_facts{std::move(name), by_command};
  setup.bell = std::move(bell);
  return at.attach(std::move(setup));
}

} // namespace zmqrt::test
