// SPDX-License-Identifier: MPL-2.0
//
// A context that the application's actor system owns: made when the system
// starts, ended when the system ends.
//
//   caf::actor_system_config cfg;
//   cfg.load<zmqrt::module>();
//   caf::actor_system system{cfg};
//   auto sock = zmqrt::spawn_socket(zmqrt::context_of(system), ...);
//
// Options stand in the system's configuration, in the group "zmqrt"
// (zmqrt/context_options.hpp says what they mean):
//
//   io-threads, max-sockets, max-msgsz    integers
//   linger                                milliseconds; -1: without limit
//   ipv6, zero-copy-recv                  true or false
//   backend                               "io_uring", "epoll" or "automatic"
//   thread-name-prefix                    a text
//
// From the program: caf::put(cfg.content, "zmqrt.linger", 100). From a file:
// as they stand there. From the command line, and by cfg.set(): once they are
// declared, see add_options().

#pragma once

#include <memory>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>

#include "zmqrt/context.hpp"
#include "zmqrt/export.hpp"

namespace zmqrt {

/// To be loaded before the system is made. It takes the slot of CAF's network
/// manager, which CAF 0.17 reserves and nothing of its libraries uses.
///
/// A wrong option is an error (invalid_argument) out of the actor system's
/// constructor, which names option and rule; an unknown one in our group, too.
/// What the machine refuses (io_uring asked for by name, no thread to have)
/// comes out of context_of().
///
/// The system's destructor does what context::term() does, after it has waited
/// for the application's actors: sockets linger as their LINGER says, whoever
/// still waits in a verb gets errc::terminated. Handles may outlive the system.
/// An actor that receives from a socket, or serves it, lives as long as the
/// socket refers to it, and the destructor waits for it: close the socket, or
/// end the actor, before.
class ZMQRT_EXPORT module : public caf::actor_system::module {
public:
  /// For a configuration of the application's own, in its constructor: declares
  /// the options to the command line, to --help, and to set().
  /// `zmqrt::module::add_options(custom_options_);`
  static void add_options(caf::config_option_set& to);

  /// For CAF: load<zmqrt::module>() calls it. Errors: invalid_argument.
  static caf::actor_system::module* make(caf::actor_system& system,
                                         caf::detail::type_list<>);

  ~module() override;

  void start() override;
  void stop() override;
  void init(caf::actor_system_config& config) override;
  [[nodiscard]] id_t id() const override;
  [[nodiscard]] void* subtype_ptr() override;

private:
  friend ZMQRT_EXPORT context& context_of(caf::actor_system& system);
  struct body;

  explicit module(std::unique_ptr<body> made) noexcept;

  std::unique_ptr<body> body_;
};

/// The context of the system's module. Any thread; the system keeps it, and
/// once its destructor has stopped the module the context has ended
/// (terminated). Errors: invalid_argument (the module is not loaded), and
/// those of making a context.
[[nodiscard]] ZMQRT_EXPORT context& context_of(caf::actor_system& system);

} // namespace zmqrt
