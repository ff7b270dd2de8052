// SPDX-License-Identifier: MPL-2.0
//
// See two_sockets.hpp.

#include "tests/unit/session/two_sockets.hpp"

#include "actors/session/engine_setup.hpp"
#include "tests/conformance/bed.hpp"

namespace zmqrt::test {

using namespace zmqrt::transports;

namespace {

class call final : public task {
public:
  explicit call(std::function<void()> what) : what_(std::move(what)) {
  }
  void run() noexcept override {
    what_();
    done.set_value();
  }
  std::promise<void> done;

private:
  std::function<void()> what_;
};

template <class T>
bool came(std::future<T>& event) {
  return event.wait_for(step_limit) == std::future_status::ready;
}

} // namespace

// -- supervised ---------------------------------------------------------------

void supervised::supervise(actors::connection_setup setup,
                           std::unique_ptr<stream> bytes) {
  connection_ =
    std::make_shared<actors::connection>(std::move(setup), std::move(bytes));
  connection_->start(*this);
}

void supervised::drain() {
  if (connection_)
    connection_->drain();
}

void supervised::abort() {
  if (connection_)
    connection_->abort(make_error_code(errc::terminated));
  else
    over = {}; // nobody waits for one that never was, or is over
}

void supervised::on_connection_ready() {
  ready.set_value();
}

void supervised::on_connection_over(const actors::connection_end& how) {
  connection_.reset();
  over.set_value(how);
}

// -- handlers -----------------------------------------------------------------

void two_sockets::accepting::on_accepted(std::unique_ptr<stream> bytes) {
  auto setup = setup_of(of_.pull_);
  setup.accepted = true;
  of_.pull_.session.supervise(std::move(setup), std::move(bytes));
}

void two_sockets::accepting::on_accept_failed(std::error_code) {
}

void two_sockets::accepting::on_acceptor_closed() {
  closed.set_value();
}

void two_sockets::dialing::on_connected(std::unique_ptr<stream> bytes) {
  auto setup = setup_of(of_.push_);
  setup.pipe = of_.pipe_;
  of_.push_.session.supervise(std::move(setup), std::move(bytes));
}

void two_sockets::dialing::on_dial_failed(std::error_code) {
}

void two_sockets::dialing::on_dial_closed() {
}

// -- two_sockets --------------------------------------------------------------

two_sockets::two_sockets(const std::string& backend,
                         const socket_options& pushing,
                         const socket_options& pulling) {
  open(push_, backend, socket_type::push, pushing);
  open(pull_, backend, socket_type::pull, pulling);
  address where;
  run_on(pull_, [&] {
    auto door = pull_.loop->listen(*address::tcp("127.0.0.1", 0), {});
    if (!door)
      return;
    acceptor_.door = std::move(*door);
    where = acceptor_.door->local();
    acceptor_.door->start(acceptor_);
  });
  run_on(push_, [&] {
    pipe_ = *push_.door->attach({});
    dialer_.dial = push_.loop->dial(where, {});
    dialer_.dial->start(dialer_);
  });
  if (!came(push_.ready) || !came(pull_.ready))
    throw std::runtime_error("no connection");
}

two_sockets::~two_sockets() {
  push_.door->fail(make_error_code(errc::terminated));
  pull_.door->fail(make_error_code(errc::terminated));
  join();
  for (auto* which : {&push_, &pull_}) {
    run_on(*which, [which] { which->session.abort(); });
    if (which->over.valid())
      which->over.wait();
  }
  run_on(push_, [this] { dialer_.dial.reset(); });
  run_on(pull_, [this] { acceptor_.door->close(); });
  acceptor_.closed.get_future().wait();
  run_on(pull_, [this] { acceptor_.door.reset(); });
}

void two_sockets::start(std::function<void()> body) {
  threads_.emplace_back(std::move(body));
}

void two_sockets::join() {
  for (auto& each : threads_)
    each.join();
  threads_.clear();
}

void two_sockets::close_push() {
  push_.door->fail(make_error_code(errc::terminated));
  run_on(push_, [this] { push_.session.drain(); });
  REQUIRE(came(push_.over));
  const auto pushing = push_.over.get();
  INFO(pushing.reason.message());
  CHECK_FALSE(pushing.reason);
  REQUIRE(came(pull_.over));
  CHECK(pull_.over.get().was_ready);
  CHECK(push_.door->unsent() == 0);
  batch nothing;
  CHECK(push_.door->detach(pipe_, nothing) == 0);
}

void two_sockets::open(end& which, const std::string& backend, socket_type type,
                       const socket_options& options) {
  which.ready = which.session.ready.get_future();
  which.over = which.session.over.get_future();
  which.door = std::make_shared<actors::gate>(type, options);
  which.loop = conformance::make(backend);
  which.driver =
    std::make_unique<reactor_thread>(which.loop, "zmqrt test reactor");
}

void two_sockets::run_on(end& where, std::function<void()> what) {
  const auto work = std::make_shared<call>(std::move(what));
  where.loop->post(work);
  work->done.get_future().wait();
}

actors::connection_setup two_sockets::setup_of(const end& which) {
  actors::connection_setup setup;
  setup.loop = which.loop;
  setup.door = which.door;
  setup.events = std::make_shared<actors::event_hub>();
  setup.options = std::make_shared<const socket_options>(which.door->options());
  setup.type = which.door->type();
  return setup;
}

} // namespace zmqrt::test
