// SPDX-License-Identifier: MPL-2.0
//
// See the header.

#include "tests/interop/security/scenario.hpp"

#include <map>
#include <utility>

namespace zmqrt::test {

namespace {

/// libzmq says "localhost:user:group:process" of a peer on ipc; which process
/// that is differs.
void forget_process(std::string& address) {
  const auto colon = address.rfind(hex(":"));
  if (colon != std::string::npos)
    address.resize(colon);
}

end_record record_of(side& end, record events) {
  constexpr std::size_t address = 3;
  auto asked = end.requests();
  if (asked.size() > 1) // by who came back
    asked.resize(1);
  for (frames& request : asked)
    forget_process(request.at(address));
  return {std::move(events), std::move(asked)};
}

/// The record of either end is that of the one that was first.
void settle_alike(record& one, record& two) {
  const auto& first = one.back().value > two.back().value ? one : two;
  one.back() = two.back() = first.back();
}

/// And closes it where it has refused the other.
record settle_alone(side& end) {
  auto events = end.until_settled();
  if (failed(events))
    end.leave();
  return events;
}

void require_passes(bool let_in, side& bound, side& connected) {
  if (!let_in) {
    REQUIRE(bound.hears_nothing());
    REQUIRE(connected.hears_nothing());
    return;
  }
  REQUIRE(bound.hear() == "hello");
  bound.offer("welcome");
  REQUIRE(connected.hear() == "welcome");
}

} // namespace

std::ostream& operator<<(std::ostream& out, const scenario& what) {
  return out << what.name;
}

std::ostream& operator<<(std::ostream& out, const end_record& one) {
  for (const auto& each : one.events)
    out << each << ' ';
  for (const auto& request : one.asked) {
    out << "asked:";
    for (const auto& each : request)
      out << " [" << each << ']';
  }
  return out;
}

std::ostream& operator<<(std::ostream& out, const outcome& one) {
  return out << "\n  bound:     " << one.bound
             << "\n  connected: " << one.connected
             << (one.let_in ? "\n  let in" : "\n  not let in");
}

outcome play(const scenario& what, const std::string& transport, side& bound,
             side& connected) {
  const temporary_directory directory;
  if (what.handler)
    bound.handle_zap(*what.handler);
  if (what.clients_handler)
    connected.handle_zap(*what.clients_handler);
  connected.connect(bound.bind(fresh_endpoint(transport, directory)));
  connected.offer("hello");
  record one;
  record two;
  if (what.depends == chance::connecting_end_stalls) {
    two = settle_alone(connected);
    one = bound.until_settled();
  } else {
    one = what.depends == chance::binding_end_stalls ? settle_alone(bound)
                                                     : bound.until_settled();
    two = connected.until_settled();
  }
  const bool let_in = !failed(one) && !failed(two);
  require_passes(let_in, bound, connected);
  if (what.depends == chance::either_may_be_first)
    settle_alike(one, two);
  return {record_of(bound, std::move(one)),
          record_of(connected, std::move(two)), let_in};
}

const outcome& expected(const scenario& what, const std::string& transport) {
  static std::map<std::pair<std::string, std::string>, outcome> known;
  const std::pair key{what.name, transport};
  auto found = known.find(key);
  if (found == known.end()) {
    const auto bound = libzmq_side(what.binds);
    const auto connected = libzmq_side(what.connects);
    found = known.emplace(key, play(what, transport, *bound, *connected)).first;
  }
  return found->second;
}

outcome our_end_binds(const scenario& what, const place& where) {
  const auto connected = libzmq_side(what.connects);
  const auto bound = our_side(where.backend, what.binds);
  return play(what, where.transport, *bound, *connected);
}

outcome our_end_connects(const scenario& what, const place& where) {
  const auto bound = libzmq_side(what.binds);
  const auto connected = our_side(where.backend, what.connects);
  return play(what, where.transport, *bound, *connected);
}

void require_as_libzmq(const scenario& what, const place& where) {
  CAPTURE(what.name, where);
  const auto& wanted = expected(what, where.transport);
  CHECK(our_end_binds(what, where) == wanted);
  CHECK(our_end_connects(what, where) == wanted);
}

const z85_pair server_keys{"B{s8zMC3LMAaAIU&>?Eyzf*kP@jxa?QB*eiKpU[a",
                           "44Us@QJ=V/^)[/B{}wKlm1Pukjst8D>X?lhZC@X{"};
const z85_pair client_keys{"l0QX^FWHczKBIWu=4*[^8k.JAappZGJNcMJlGvDV",
                           "BewCX:@3(k^=W$.Hxj2s&ftMspe4=7Mc+%(SL}LJ"};
const z85_pair other_keys{")/=Qdk=$G{Wmr.g?zI}qN&k37QMag<yurV+/BO-F",
                          "s%kkfVLL-QD1Ds%yp2/b1!VQ2pwm9t+u6XrG@0j("};

json null_options() {
  return json::object();
}

json plain_server() {
  return {{"plain_server", 1}};
}

json plain_client(const std::string& password) {
  return {{"plain_username", "anna"}, {"plain_password", password}};
}

json curve_server() {
  return {{"curve_server", 1}, {"curve_secretkey", server_keys.secret_key}};
}

json curve_client(const z85_pair& own, const char* servers) {
  return {{"curve_serverkey", servers},
          {"curve_publickey", own.public_key},
          {"curve_secretkey", own.secret_key}};
}

json operator+(json some, const json& more) {
  some.update(more);
  return some;
}

} // namespace zmqrt::test
