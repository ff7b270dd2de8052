// SPDX-License-Identifier: MPL-2.0
//
// A PUSH and a PULL as contexts have them, without their actors: two gates,
// each with a real connection on a real reactor with a thread of its own, over
// tcp. Made and asked on the test's thread; the gates are any thread's.

#pragma once

#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "actors/gate/gate.hpp"
#include "actors/session/connection.hpp"
#include "transports/reactor_thread.hpp"

namespace zmqrt::test {

/// What a step may take before the test fails.
inline constexpr std::chrono::seconds step_limit{60};

/// What a session is to its connection: lets it go when it is over.
class supervised final : public actors::connection_owner {
public:
  /// On the reactor's thread.
  void supervise(actors::connection_setup setup,
                 std::unique_ptr<transports::stream> bytes);
  void drain();
  void abort();

  void on_connection_ready() override;
  [[nodiscard]] bool on_question(const auth_request&) override {
    return false; // as where there is no authenticator
  }
  void on_connection_over(const actors::connection_end& how) override;

  std::promise<void> ready;
  std::promise<actors::connection_end> over;

private:
  std::shared_ptr<actors::connection> connection_;
};

class two_sockets {
public:
  /// Both connections are ready.
  two_sockets(const std::string& backend, const socket_options& pushing,
              const socket_options& pulling);
  /// Whatever still waits is let go.
  ~two_sockets();
  two_sockets(const two_sockets&) = delete;
  two_sockets& operator=(const two_sockets&) = delete;

  [[nodiscard]] actors::gate& push() noexcept {
    return *push_.door;
  }
  [[nodiscard]] actors::gate& pull() noexcept {
    return *pull_.door;
  }
  /// A thread of the application, joined by join() or the end.
  void start(std::function<void()> body);
  void join();
  /// Closes PUSH as an application does that lingers: what it has sent still
  /// goes, then the connections end. Fails unless both do so in order.
  void close_push();

private:
  struct end {
    std::shared_ptr<actors::gate> door;
    std::shared_ptr<transports::reactor> loop;
    supervised session;
    std::future<void> ready;
    std::future<actors::connection_end> over;
    std::unique_ptr<transports::reactor_thread> driver;
  };
  struct accepting final : transports::accept_handler {
    explicit accepting(two_sockets& of) : of_(of) {
    }
    void on_accepted(std::unique_ptr<transports::stream> bytes) override;
    void on_accept_failed(std::error_code why) override;
    void on_acceptor_closed() override;
    std::unique_ptr<transports::acceptor> door;
    std::promise<void> closed;
    two_sockets& of_;
  };
  struct dialing final : transports::dial_handler {
    explicit dialing(two_sockets& of) : of_(of) {
    }
    void on_connected(std::unique_ptr<transports::stream> bytes) override;
    void on_dial_failed(std::error_code why) override;
    void on_dial_closed() override;
    std::unique_ptr<transports::dialer> dial;
    two_sockets& of_;
  };

  static void open(end& which, const std::string& backend, socket_type type,
                   const socket_options& options);
  static void run_on(end& where, std::function<void()> what);
  [[nodiscard]] static actors::connection_setup setup_of(const end& which);

  end push_;
  end pull_;
  actors::pipe_id pipe_ = 0;
  accepting acceptor_{*this};
  dialing dialer_{*this};
  std::vector<std::thread> threads_;
};

} // namespace zmqrt::test
