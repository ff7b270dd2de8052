// SPDX-License-Identifier: MPL-2.0
//
// An inproc link joins a pipe of one gate to a pipe of another
// (zmq_inproc(7)). The reader fetches the writer's whole outbox when it has
// read everything else; the writer only leaves word that there is something.
// Nobody ever holds two gates' locks.
//
// What a side knows about its input:
//
//   armed --ring--> waiting --fetch begins--> fetched
//     ^                ^---------ring------------|
//     '----- the inbox is read to its end -------'
//
// Only the step out of `armed` costs the writer the reader's lock.

#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "actors/gate/gate.hpp"
#include "actors/gate/pipe.hpp"

namespace zmqrt::actors {

class inproc_link : public std::enable_shared_from_this<inproc_link> {
public:
  /// Attaches a pipe to `holder`, of this name, and joins it to `connecting`'s
  /// (one is made if `wish` is none). Null: one of the two refuses.
  [[nodiscard]] static std::shared_ptr<inproc_link>
  make(const std::shared_ptr<gate>& connecting, std::optional<pipe_id> wish,
       const std::shared_ptr<gate>& holder, std::string_view name);

  inproc_link();
  inproc_link(const inproc_link&) = delete;
  inproc_link& operator=(const inproc_link&) = delete;

  /// Whether `who` is one of the two ends.
  [[nodiscard]] bool joins(const gate& who) const noexcept;

  /// Ends it from both sides: what either sent is in the other's inbox, and
  /// stays readable. One call, by whoever serialises them.
  void end();
  /// The same because `who` closes: what it did not read is handed on by the
  /// other side, or dropped.
  void end_for(const gate& who);

private:
  friend class gate;

  enum input : std::uint32_t { armed, waiting, fetched };

  class bell final : public doorbell {
  public:
    void ring() noexcept override;
    inproc_link* link = nullptr;
    unsigned from = 0;
  };

  struct alignas(64) side {
    std::weak_ptr<gate> owner;
    const gate* who = nullptr; // for comparison only
    pipe_id pipe = patterns::no_pipe;
    bell out;
    batch transit;              // of the receiver that is fetching
    unsigned pauses = 0;        // before it fetches; under the owner's lock
    std::size_t kept_bytes = 0; // framed into the present slab, same lock
    batch last_sent; // came while one was fetching; under the owner's lock
    alignas(64) std::atomic<std::uint32_t> input_state{armed};
  };

  void place(unsigned at, const std::shared_ptr<gate>& owner, pipe_id id);
  void join(unsigned at, inproc_bounds peer);
  /// Stops what the side sends; answers what of it was not fetched.
  void stop_output(unsigned at, batch& unsent);
  /// The side's input ends behind `rest`.
  void end_input(unsigned at, batch& rest);
  void greet(unsigned at);
  void something_sent(unsigned by);
  void call_reader(unsigned by);
  /// The side's outbox moves to `out`; its peer has read `credit` more.
  void fetch(unsigned from, std::uint64_t credit, batch& out);
  void give_credit(unsigned to, std::uint64_t credit);
  void set_peer_bounds(unsigned at, inproc_bounds peer);

  side sides_[2];
};

} // namespace zmqrt::actors
