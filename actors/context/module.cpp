// SPDX-License-Identifier: MPL-2.0
//
// The module: reads the options, makes the context and ends it. See
// zmqrt/actors/module.hpp.

#include "zmqrt/actors/module.hpp"

#include <array>
#include <exception>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

#include <caf/all.hpp>

#include "actors/context/context_check.hpp"
#include "actors/context/context_core.hpp"

namespace zmqrt {

namespace {

// Where context_of() finds the module of a system.
constexpr auto slot = caf::atom("zmqrt");

[[noreturn]] void refuse(const std::string& key, const std::string& rule) {
  throw error{errc::invalid_argument, "zmqrt." + key, rule};
}

// -- values -------------------------------------------------------------------

int as_int(const std::string& key, const caf::config_value& given) {
  const auto* const number = caf::get_if<caf::config_value::integer>(&given);
  if (number == nullptr || *number < std::numeric_limits<int>::min()
      || *number > std::numeric_limits<int>::max())
    refuse(key, "must be an integer");
  return static_cast<int>(*number);
}

bool as_bool(const std::string& key, const caf::config_value& given) {
  const auto* const flag = caf::get_if<bool>(&given);
  if (flag == nullptr)
    refuse(key, "must be true or false");
  return *flag;
}

std::string as_text(const std::string& key, const caf::config_value& given) {
  const auto* const text = caf::get_if<std::string>(&given);
  if (text == nullptr)
    refuse(key, "must be a text");
  return *text;
}

std::chrono::milliseconds as_time(const std::string& key,
                                  const caf::config_value& given) {
  return std::chrono::milliseconds{as_int(key, given)};
}

io_backend as_backend(const std::string& key, const caf::config_value& given) {
  const auto name = as_text(key, given);
  if (name == "automatic")
    return io_backend::automatic;
  if (name == "io_uring")
    return io_backend::io_uring;
  if (name == "epoll")
    return io_backend::epoll;
  refuse(key, R"(must be "io_uring", "epoll" or "automatic")");
}

// -- options ------------------------------------------------------------------

struct known_option {
  std::string_view key;
  void (*read)(context_options& into, const std::string& key,
               const caf::config_value& given);
  void (*declare)(caf::config_option_adder& to, caf::string_view key);
};

template <class Type>
void declare(caf::config_option_adder& to, caf::string_view key) {
  to.add<Type>(key, "see zmqrt/context_options.hpp");
}

template <auto Field, auto Read>
void read(context_options& into, const std::string& key,
          const caf::config_value& given) {
  into.*Field = Read(key, given);
}

using options = context_options;
constexpr std::array known{
  known_option{"io-threads", read<&options::io_threads, as_int>, declare<int>},
  known_option{"max-sockets", read<&options::max_sockets, as_int>,
               declare<int>},
  known_option{"max-msgsz", read<&options::max_msgsz, as_int>, declare<int>},
  known_option{"linger", read<&options::linger, as_time>, declare<int>},
  known_option{"ipv6", read<&options::ipv6, as_bool>, declare<bool>},
  known_option{"zero-copy-recv", read<&options::zero_copy_recv, as_bool>,
               declare<bool>},
  known_option{"backend", read<&options::backend, as_backend>,
               declare<std::string>},
  known_option{"thread-name-prefix",
               read<&options::thread_name_prefix, as_text>,
               declare<std::string>},
};

context_options options_in(const caf::actor_system_config& config) {
  context_options result;
  const auto group = caf::get_if<caf::settings>(&config, "zmqrt");
  if (!group)
    return result;
  for (const auto& [key, given] : *group) {
    const auto* which = known.begin();
    while (which != known.end() && which->key != key)
      ++which;
    if (which == known.end())
      refuse(key, "there is no such option");
    which->read(result, key, given);
  }
  actors::check(result);
  return result;
}

} // namespace

// -- the module ---------------------------------------------------------------

struct module::body {
  caf::actor_system& system;
  context_options options;
  std::unique_ptr<context> made{};
  std::exception_ptr failed{};
};

void module::add_options(caf::config_option_set& to) {
  caf::config_option_adder group{to, "zmqrt"};
  for (const auto& each : known)
    each.declare(group, {each.key.data(), each.key.size()});
}

caf::actor_system::module* module::make(caf::actor_system& system,
                                        caf::detail::type_list<>) {
  try {
    return new module{std::make_unique<body>(
      body{system, options_in(system.config()), nullptr, nullptr})};
  } catch (...) {
    // The system's constructor fails. What CAF 0.17 has put into this thread
    // would speak to it later, when it is gone.
    caf::logger::set_current_actor_system(nullptr);
    throw;
  }
}

module::module(std::unique_ptr<body> made) noexcept :body_(std::move(made)) {
}

module::~module() = default;

void module::start() {
  // CAF's constructor cannot be left from here: the scheduler's threads run.
  try {
    body_->made = std::make_unique<context>(
      actors::context_core::handle(actors::context_core::make(
        body_->options, &body_->system, actors::system_end::awaited)));
  } catch (...) {
    body_->failed = std::current_exception();
  }
  body_->system.runtime_settings().set(slot, static_cast<void*>(this));
}

void module::stop() {
  if (body_->made != nullptr)
    body_->made->term();
}

void module::init(caf::actor_system_config&) {
}

caf::actor_system::module::id_t module::id() const {
  return network_manager;
}

void* module::subtype_ptr() {
  return this;
}

context& context_of(caf::actor_system& system) {
  const auto found = system.runtime_settings().get(slot);
  auto* const pointer = caf::get_if<void*>(&found);
  if (pointer == nullptr)
    throw error{errc::invalid_argument, "actor_system",
                "zmqrt::module is not loaded"};
  auto& its = *static_cast<module*>(*pointer)->body_;
  if (its.made == nullptr)
    std::rethrow_exception(its.failed);
  return *its.made;
}

} // namespace zmqrt
