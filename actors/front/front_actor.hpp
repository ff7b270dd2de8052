// SPDX-License-Identifier: MPL-2.0
//
// The front: what the application's actors see of a socket
// (zmqrt/actors.hpp). It holds the socket as a handle does, asks the socket
// actor for what takes time, and tries the gate's verbs whenever that calls.
// Lives on the reactor of its socket; no other thread touches it, but the one
// that drops the last reference to it.
//
//   open --close--> draining --all is accepted--> closing --socket's down-->
//   over
//     |                         (or time is up)                               ^
//     +--- the socket's down, exit, kill, nobody refers to it ----------------+

#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "actors/front/call_bell.hpp"
#include "actors/front/event_feed.hpp"
#include "actors/front/outgoing.hpp"
#include "actors/front/parallel_requests.hpp"
#include "actors/front/receivers.hpp"
#include "actors/front/service.hpp"
#include "actors/front/single_request.hpp"
#include "actors/front/watch_list.hpp"
#include "actors/interfaces.hpp"
#include "actors/pinned.hpp"
#include "zmqrt/actors.hpp"
#include "zmqrt/socket.hpp"

namespace zmqrt::actors {

class front_actor final : public pinned<zmqrt::socket_actor::base> {
public:
  front_actor(caf::actor_config& config, reactor_unit& unit, zmqrt::socket what,
              socket_handle owner, std::size_t sends_waiting);
  ~front_actor() override;

  const char* name() const override {
    return "zmqrt.front";
  }

  // -- called by the bells: as messages, from outside of every handler ------

  void on_input();
  void on_room();
  void on_events();

protected:
  behavior_type make_behavior() override;
  void on_exit() override;

private:
  /// How a socket is let go of.
  enum class leaving : std::uint8_t { at_once, lingering, is_over };

  // -- endpoints, options (front_actor.cpp) ---------------------------------

  /// Asks the socket actor; what it answers goes on as `Value`, made by
  /// `pick`.
  template <class Request, class Pick>
  caf::response_promise ask(Request what, Pick pick);
  /// The promise of an ask(), to be satisfied now; false: it was already.
  [[nodiscard]] bool take_asked(std::uint64_t number,
                                caf::response_promise& into);
  /// Runs a verb of the handle; what it throws is the answer.
  template <class Verb>
  auto with_handle(Verb verb) -> caf::result<decltype(verb())>;

  // -- traffic (front_traffic.cpp) ------------------------------------------

  caf::result<void> handle_send(verb::send& what);
  caf::result<std::size_t> handle_send_batch(verb::send_batch& what);
  caf::result<message> handle_request(message& what);
  caf::result<void> handle_receive(const caf::actor& who, std::size_t most,
                                   std::size_t credit);
  [[nodiscard]] bool wants_input() const;
  /// Sends what waits, as far as there is room.
  void pump_output();
  /// Reads what there is, as far as somebody wants it. Not `again`: why it
  /// cannot.
  std::error_code pump_input();
  [[nodiscard]] std::error_code read_some();
  void hand_over(receiver& to, std::size_t count);
  /// Of a single message or a batch; `owed`: see credit_line.
  template <class Receiver, class What>
  void pass(const Receiver& to, std::uint64_t number, What what,
            std::size_t owed);
  /// Why nothing may be sent by messages now: a request is under way.
  [[nodiscard]] std::error_code send_refusal() const;
  [[nodiscard]] std::optional<time_point> reply_deadline();
  /// Its requests end with it.
  void watch_asker(const caf::actor_addr& who);

  // -- serving (front_serving.cpp) ------------------------------------------

  caf::result<void> handle_serve(verb::serve& how);
  void ask_handler(message&& asked);
  /// None: its handler has failed.
  void reply(std::uint64_t to_service, std::uint64_t number,
             std::optional<message> what);
  void send_reply(const return_path& where, message what,
                  const message& instead);
  [[nodiscard]] service* find_service(std::uint64_t number) noexcept;
  /// Its handler gets no more, and ends what it has in work.
  void stop_service();
  /// Whoever it has in work gets `instead`.
  void give_up_service(const service& gone);
  void give_up_services();
  void handler_gone(const caf::actor_addr& who);

  // -- watching, the end (front_end.cpp) ------------------------------------

  caf::result<void> handle_monitor(const verb::monitor& how);
  void pump_events();
  /// As far as it has credit, or regardless of that.
  void tell_events(event_feed& to, bool regardless);
  void handle_stop(const caf::actor_addr& who);
  caf::result<std::uint64_t> handle_close(const verb::close& how);
  void give_up_waiting();
  void close_now();
  void handle_down(const caf::down_msg& down);
  void owner_gone(const caf::error& reason);
  void handle_exit(caf::exit_msg& asked);
  void watch(const caf::actor_addr& who);
  void unwatch(const caf::actor_addr& who);
  /// So many messages were not sent when the socket was closed.
  [[nodiscard]] std::uint64_t unsent() const;
  void on_time();
  /// After each step: arms the timer, watches and holds whom it has to.
  void settle();
  /// Everybody who waits hears it.
  void fail_all(std::error_code why);
  void answer_closers(std::uint64_t also_unsent);
  /// The rest of the events, and the last one.
  void end_feeds();
  [[nodiscard]] gate& door() const noexcept;
  /// Empty: it is open.
  [[nodiscard]] std::error_code refusal() const;

  zmqrt::socket handle_;
  std::shared_ptr<gate> door_;
  socket_handle owner_;
  socket_type type_;
  std::shared_ptr<call_bell<front_actor>> input_bell_;
  std::shared_ptr<call_bell<front_actor>> room_bell_;
  std::shared_ptr<call_bell<front_actor>> event_bell_;
  outgoing outgoing_;
  receivers receivers_;
  parallel_requests parallel_;
  single_request single_;
  std::optional<service> service_;
  std::vector<service> stopped_; // with requests in work
  std::map<std::uint64_t, caf::response_promise> asked_; // the socket actor
  std::uint64_t last_number_ = 0;
  std::vector<event_feed> feeds_;
  watch_list watched_;
  std::set<const void*> askers_;
  transports::timer timer_;
  leaving how_ = leaving::at_once;
  std::optional<std::int64_t> closing_; // linger in ms
  std::optional<time_point> close_by_;
  bool closed_ = false;
  std::uint64_t unsent_before_ = 0;
  std::uint64_t unsent_waiting_ = 0; // had no room, and linger was over
  std::vector<caf::response_promise> closers_;
  std::vector<message> read_;
  // As long as somebody receives, nobody else has to refer to it.
  caf::strong_actor_ptr self_;
};

} // namespace zmqrt::actors
