// SPDX-License-Identifier: MPL-2.0
//
// What is behind a gate: the lock, the pattern, the pipes, the waiters. All
// member functions want the lock held, unless they take a guard (then they
// may release it meanwhile) or say otherwise.

#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string_view>
#include <system_error>
#include <vector>

#include "actors/gate/gate.hpp"
#include "actors/gate/inproc_link.hpp"
#include "actors/gate/pipe.hpp"
#include "actors/gate/short_lock.hpp"
#include "actors/gate/waiters.hpp"
#include "zmqrt/error.hpp"

namespace zmqrt::actors {

/// What has to be done once the lock is released. Its end comes after that
/// too: what it keeps is dropped without the lock. One is made per call, so it
/// is small: what is rare stands aside.
struct errands {
  /// Of an inproc link, to be given back to the writer there.
  struct credit_note {
    std::shared_ptr<inproc_link> to;
    std::uint64_t credit = 0;
    std::uint8_t side = 0;
  };
  struct rare {
    std::vector<credit_note> more_credit;
    std::vector<std::shared_ptr<inproc_link>> ended_links;
    std::vector<message> gone; ///< as `kept`
    std::vector<std::shared_ptr<doorbell>> more_bells;
    std::unique_ptr<pipe> dead;
    std::vector<std::shared_ptr<watcher>> watchers;
    /// Buffers of the application that were dropped: their free functions may
    /// call a verb of this very socket.
    std::vector<slab_ref> kept;
  };

  std::shared_ptr<doorbell> bell;
  credit_note credit;
  std::unique_ptr<rare> others;
  bool wake_sender = false;
  bool wake_senders = false;
  bool wake_receiver = false;
  bool wake_everyone = false;
  bool any = false; ///< something above, `dead` and `kept` apart

  void call(bool& which, bool wanted) noexcept {
    which |= wanted;
    any |= wanted;
  }
  rare& rarely();
  void ring_later(const std::shared_ptr<doorbell>& which);
  void give_later(credit_note what);
  void end_later(const std::shared_ptr<inproc_link>& which);
  /// These are about to be dropped.
  void outlive(std::span<const segment> gone) noexcept;
  /// Drops it, at the end where that may call the application.
  void outlive(message& gone) noexcept;
};

/// It has a buffer of the application in it.
[[nodiscard]] bool has_foreign(const message& what) noexcept;

/// The lock of a gate, released before the errands are run.
using gate_guard = std::unique_lock<short_lock>;

struct gate::state {
  state(socket_type what, const socket_options& given);

  // -- choosing and waiting (gate.cpp) --------------------------------------
  void finish(gate_guard& guard, errands& todo);
  void run(errands& todo);
  /// Does what is due before the caller waits; true: something was, and the
  /// lock was released for it.
  [[nodiscard]] bool run_first(gate_guard& guard, errands& todo);
  [[nodiscard]] std::error_code wait(gate_guard& guard, waiters& queue,
                                     patience& left, std::int64_t& deadline);
  void set_writable(pipe_id id, pipe& at);
  void set_readable(pipe_id id, pipe& at, bool readable);
  void set_limits(pipe& at);
  [[nodiscard]] std::error_code failure_or(errc other);
  void remember_options();
  [[nodiscard]] pipe* find(pipe_id id) const noexcept {
    return id < pipes.size() ? pipes[id].get() : nullptr;
  }

  // -- watching (gate_watch.cpp) --------------------------------------------
  struct watch {
    std::shared_ptr<watcher> who;
    unsigned wanted = 0;
    bool armed = false;
    bool follows = false; ///< hears of every change, and stays armed
    bool held = false;    ///< of one that follows: what it was told last
    bool retries = false; ///< will try a verb again
  };
  /// Which of `wanted` may hold; for those that look at messages poll_in is a
  /// guess.
  [[nodiscard]] unsigned hopes(unsigned wanted) const;
  /// Whether a verb that answered again may answer something else by now.
  [[nodiscard]] bool may_differ(unsigned wanted) const;
  /// Has those called whose hopes have come true.
  void notice(errands& todo);
  watch& watch_for(const std::shared_ptr<watcher>& who);
  [[nodiscard]] bool look_readable(gate_guard& guard, errands& todo);

  // -- sending (gate_send.cpp) ----------------------------------------------
  [[nodiscard]] std::error_code choose_out(gate_guard& guard, patience& left,
                                           std::int64_t& deadline,
                                           pipe_id& chosen);
  /// Neither what no peer could receive, nor what is none.
  [[nodiscard]] bool may_send(const message& what) const noexcept {
    return !what.empty() && what.size() <= most_parts
           && (most_bytes == any_bytes || what.bytes() <= most_bytes);
  }
  /// One more message is in the outbox (which was empty or not before). The
  /// turn has passed on by then, for a draft when it was opened.
  void appended(pipe_id id, pipe& at, bool was_empty, errands& todo);
  void chain_senders(errands& todo) {
    stirred_out = true;
    if (!senders.any_asleep()) [[likely]]
      return;
    if (sees.out)
      reroute(todo);
    else if (policy->next_out() != patterns::no_pipe)
      todo.call(todo.wake_sender, senders.want_one());
  }
  /// Something has happened to a pipe. Where messages say where they go, those
  /// who wait to send one know alone whether it concerns them.
  void reroute(errands& todo) {
    stirred_out = true;
    if (sees.out)
      todo.call(todo.wake_senders, senders.want_all());
  }

  // -- sending, where the pattern looks at the message (gate_routed.cpp) -----
  /// Takes what becomes of `what` from the pattern, and does it.
  [[nodiscard]] std::error_code send_routed(gate_guard& guard,
                                            const message& what, patience& left,
                                            std::int64_t& deadline,
                                            errands& todo);
  [[nodiscard]] bool deliver_one(pipe_id id, const patterns::delivery& how,
                                 const message& what, errands& todo);
  [[nodiscard]] bool deliver_all(const patterns::delivery& how,
                                 const message& what, errands& todo);
  /// Frames once, for many: answers the pieces, which are valid until the
  /// next call; empty: no memory.
  [[nodiscard]] std::span<const segment>
  press(const patterns::delivery& how, const message& what, segment& tail);
  [[nodiscard]] bool tell(pipe_id to, bool on, std::string_view topic,
                          errands& todo);
  [[nodiscard]] bool tell_all(const patterns::delivery& how, errands& todo);
  /// A message of the runtime's own, beside the pattern and the marks.
  void insert(pipe_id to, const message& what, errands& todo);
  /// REQ and REP: whose turn it is has changed, so whoever waits looks again.
  void turned(errands& todo) {
    if (!takes_turns) [[likely]]
      return;
    stirred_in = stirred_out = true;
    const bool senders_wait = senders.want_all();
    const bool receivers_wait = receivers.want_all();
    todo.call(todo.wake_everyone, senders_wait || receivers_wait);
  }

  // -- receiving (gate_recv.cpp) --------------------------------------------
  [[nodiscard]] std::error_code choose_in(gate_guard& guard, patience& left,
                                          std::int64_t& deadline,
                                          pipe_id& chosen, errands& todo);
  enum class reading : std::uint8_t { no_memory, dropped, done };
  /// Dropped: the pattern did not want it.
  [[nodiscard]] reading read_one(pipe_id id, pipe& at, message& out,
                                 errands& todo);
  /// Where the pattern looks at what is read (gate_seen.cpp).
  [[nodiscard]] std::error_code recv_seen(gate_guard& guard, message& out,
                                          patience& left,
                                          std::int64_t& deadline,
                                          errands& todo);
  /// Reads until there is a message that the pattern wants; answers where
  /// from, or no_pipe: nothing is left, or another thread read ahead while the
  /// lock was released.
  [[nodiscard]] patterns::pipe_id read_wanted(gate_guard& guard, message& into,
                                              errands& todo);
  /// Reads ahead; answers whether there is a message.
  [[nodiscard]] bool read_ahead(gate_guard& guard, errands& todo);
  /// Where a REQ may send: brings in what inproc peers have sent, so that it
  /// can be dropped, and the memory for that. Why it cannot, or nothing.
  [[nodiscard]] std::error_code fetch_stale(gate_guard& guard, errands& todo);
  /// A REQ has sent: what came before is no reply to that. Behind
  /// fetch_stale(), which sees to it that this does not fail.
  void drop_stale(errands& todo);
  void drop_input(pipe_id id, pipe& at, errands& todo);
  /// Where what comes is the pattern's (PUB): it gets all that is there.
  void digest(gate_guard& guard, pipe_id id, errands& todo);
  /// The inbox may have become empty, or not: tells the pattern, and frees
  /// the pipe where nothing more will come.
  void settle_input(pipe_id id, pipe& at, errands& todo);
  void push_input(pipe& at, batch& from, errands& todo);
  /// Lets a paused session read again if there is room by now.
  void resume_input(pipe& at, errands& todo);
  [[nodiscard]] bool may_receive() const {
    return ahead_from != patterns::no_pipe
           || policy->next_in() != patterns::no_pipe;
  }
  void chain_receivers(errands& todo) {
    if (receivers.any_asleep() && may_receive()) [[unlikely]]
      todo.call(todo.wake_receiver, receivers.want_one());
  }

  // -- pipes (gate_pipes.cpp) -----------------------------------------------
  /// Tells the pattern who the peer is; false: it refuses it.
  [[nodiscard]] bool meet(pipe_id id, pipe& at, const peer_facts& who,
                          errands& todo);
  /// The peer that is called so by the pattern, or else by itself. Takes the
  /// lock (gate_peers.cpp).
  [[nodiscard]] std::optional<peer_info> peer_called(std::string_view name);
  /// What a new peer gets first: PROBE_ROUTER, HELLO_MSG, the subscriptions.
  /// What the application gets first of a raw one: the announcement.
  void greet(pipe_id id, errands& todo);
  /// What the application gets last: HICCUP_MSG or DISCONNECT_MSG, and of a
  /// raw peer the announced end.
  void part(pipe_id id, pipe& at, const std::string& word, errands& todo);
  /// An empty message, as if the peer had sent it.
  void announce(pipe_id id, pipe& at, errands& todo);
  /// The peer is to go, and nothing more of it is read.
  void hang_up(pipe_id id, errands& todo);
  /// No more output; the outbox goes behind what is in `left`.
  void retire(pipe_id id, pipe& at, batch& left);
  /// Hands messages to pipes with room, if the pattern does so; answers how
  /// many were dropped.
  std::uint64_t hand_over(batch& left, errands& todo);

  // -- statistics (gate_statistics.cpp) --------------------------------------
  /// Adds what a pipe has counted to what stays.
  void bury(const pipe& at) noexcept;

  // -- inproc (gate_inproc.cpp) ---------------------------------------------
  /// So much is queued that it leaves the cache before it is read.
  [[nodiscard]] bool crowded(const pipe& at) const noexcept;
  /// Lets the reader catch up, a moment at most.
  void let_read(gate_guard& guard, pipe_id id);
  /// Fetches the peer's outbox. The lock is released meanwhile.
  void pull(gate_guard& guard, pipe_id id, errands& todo);
  /// Nothing is left to read: the next message shall ring. False: there is
  /// already one.
  [[nodiscard]] bool arm(pipe& at) noexcept;
  void return_credit(pipe& at, errands& todo);
  /// What has been read and is a lump by now, as after a change of marks;
  /// counts as given back.
  [[nodiscard]] std::uint64_t due_credit(pipe& at) noexcept;
  /// The peer has something that was not fetched yet.
  [[nodiscard]] bool unfetched(const pipe& at) const noexcept;
  /// The pipe, if it still belongs to the link.
  [[nodiscard]] pipe* find(pipe_id id, const inproc_link& link) const noexcept;

  short_lock lock;
  const socket_type type;
  bool discarded = false;
  bool conflates_out = false; ///< CONFLATE
  bool conflates_in = false;
  socket_options options;
  std::error_code failure;
  std::unique_ptr<patterns::pattern> policy;
  patterns::pattern::looks sees;
  const bool takes_turns; ///< REQ, REP: send and receive alternate
  const bool subscribes;  ///< SUB, XSUB, DISH: tells each new peer its topics
  const std::size_t most_parts;             ///< frames that a message may have
  const std::size_t most_bytes;             ///< and bytes (MAX_MSGSZ)
  const bool copies_input;                  ///< not ZERO_COPY_RECV
  bool probes = false;                      ///< PROBE_ROUTER
  bool tells_full = false;                  ///< CONGESTED is asked for
  std::vector<std::unique_ptr<pipe>> pipes; // by id
  waiters senders;
  waiters receivers;
  std::vector<watch> watches;
  unsigned armed_watches = 0;
  // Something has happened since the watches were looked at that those who
  // try again have to hear of.
  bool stirred_in = false;
  bool stirred_out = false;
  std::size_t uncalled_bytes = 0; ///< delivered since receivers were called
  std::vector<pipe_id> free_ids;
  buffer_source& buffers;
  std::uint64_t next_serial = 1;
  drop_count dropped;
  struct {
    traffic_count sent;
    traffic_count received;
    std::uint64_t reconnects = 0;
  } gone; ///< counted by pipes that are no more
  // Of those that look. A message read ahead, and where it came from.
  message ahead;
  pipe_id ahead_from = patterns::no_pipe; ///< no_pipe: there is none
  // What goes to many pipes is framed here.
  batch_writer press_writer;
  batch pressed;
  std::atomic<std::int64_t> send_patience_ns{patience::forever_ns};
  std::atomic<std::int64_t> receive_patience_ns{patience::forever_ns};
};

} // namespace zmqrt::actors
