// SPDX-License-Identifier: MPL-2.0
//
// What tests of the gate share: short ways to make gates and to send and read
// texts without waiting, a bell that counts, batches of texts.

#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "actors/gate/gate.hpp"
#include "libzmqrt/message/slab_pool.hpp"
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

/// The next message's frames, joined by '|'; "-" when there is none, "!" and
/// the code where it is another error.
inline std::string get(gate& from) {
  message next;
  const auto why = from.recv(next, patience::never());
  if (why == errc::again)
    return "-";
  if (why)
    return "!" + why.message();
  std::string text;
  for (std::size_t i = 0; i < next.size(); ++i)
    text += (i == 0 ? "" : "|") + std::string{next[i].view()};
  return text;
}

inline batch batch_of(const std::vector<std::string>& texts) {
  batch made;
  batch_writer writer(shared_pool());
  for (const auto& text : texts)
    if (!writer.append(made, message{std::string_view{text}}))
      return {};
  return made;
}

inline std::vector<std::string> texts_in(batch& from) {
  batch_reader reader(shared_pool());
  reader.push(from);
  std::vector<std::string> texts;
  message next;
  while (reader.next(next))
    texts.push_back(next.str());
  return texts;
}

/// Takes what the pipe has; the kernel has it then.
inline std::vector<std::string> drain(gate& from, pipe_id pipe) {
  batch out;
  from.take(pipe, out);
  from.accepted(pipe, out.messages(), out.bytes());
  return texts_in(out);
}

} // namespace zmqrt::test
