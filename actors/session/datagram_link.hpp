// SPDX-License-Identifier: MPL-2.0
//
// A datagram link: one UDP endpoint and one pipe of a gate, joined. It is to
// datagrams what a connection is to streams: without a handshake, an engine or
// a peer, so that nothing but its owner ends it. Everything but its doorbell
// belongs to the reactor's thread.
//
//   made --start()--> open --drain()--> draining --all sent--> closing --> over
//                      |                                          ^
//                      +------------------ abort() ---------------+

#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "actors/session/connection.hpp"
#include "libzmqrt/wire/datagram.hpp"

namespace zmqrt::actors {

/// Who looks after a link. Called on the reactor's thread.
class datagram_owner {
public:
  /// The last call. The pipe is detached already.
  virtual void on_link_over() = 0;

protected:
  ~datagram_owner() = default;
};

class datagram_link final : public std::enable_shared_from_this<datagram_link>,
                            private transports::datagram_handler {
public:
  datagram_link(connection_setup setup,
                std::unique_ptr<transports::datagram> socket);

  /// Makes its pipe, before start(); false: the pattern (a DGRAM has one) or
  /// the gate refuses it.
  [[nodiscard]] bool attach();
  /// From here until on_link_over() it keeps itself alive.
  void start(datagram_owner& owner);
  /// Receives nothing more, sends what the pipe holds, and closes.
  void drain();
  /// Closes now; what is unsent is dropped.
  void abort();
  /// The owner is gone (killed): nobody is told any more, and it closes.
  void orphan() noexcept;

  /// Called by the bell: the outbox has something, or the inbox has room.
  void on_bell();

private:
  enum class phase : std::uint8_t { made, open, draining, closing, over };

  // -- transports::datagram_handler -----------------------------------------

  void
  on_datagrams(std::span<const transports::received_datagram> which) override;
  void on_sendable() override;
  void on_datagram_closed() override;

  // -- steps ----------------------------------------------------------------

  template <class Step>
  void guarded(Step&& step) noexcept;
  [[nodiscard]] bool read(const transports::received_datagram& from);
  [[nodiscard]] std::string_view name_of(const transports::address& peer);
  void pump();
  [[nodiscard]] bool take();
  [[nodiscard]] bool send_some();
  [[nodiscard]] bool write(const wire::frame_pair& what, std::size_t nth,
                           transports::outgoing_datagram& to);

  connection_setup setup_;
  std::unique_ptr<transports::datagram> socket_;
  std::shared_ptr<posted_bell<datagram_link>> bell_;
  datagram_owner* owner_ = nullptr;
  std::shared_ptr<datagram_link> self_; // while the endpoint may call
  phase phase_ = phase::made;
  bool receives_;
  bool names_peers_; // DGRAM: the first frame is an address, else a group
  bool paused_ = true;

  batch outgoing_;
  batch_place at_;                      // in it, what is next
  std::uint64_t left_ = 0;              // messages from there on
  std::vector<transports::address> to_; // of what is being sent
  batch incoming_;
  batch_writer writer_;
  transports::address last_peer_;
  std::string last_name_; // its name
};

} // namespace zmqrt::actors
