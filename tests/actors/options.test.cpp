// SPDX-License-Identifier: MPL-2.0
//
// Every option on a socket of every type, by both doors: what breaks a rule is
// refused at the call by an error that names option and rule, and the socket
// is as it was. The rules themselves are tests/unit/options/abuse's.

#include <array>
#include <limits>
#include <map>

#include "tests/actors/fixture.hpp"

namespace zmqrt::test {

namespace {

using bytes = std::vector<std::byte>;

/// A key like the one for this number, of another type or access: what the
/// compiler refuses with the true one, the socket has to.
template <int Id, class Value>
using false_key = option_key<Value, Id, option_access::set_get>;

struct entry {
  int id;
  const char* name;
  option_access access;
  bool text;
  void (*set_wrong_type)(socket&);
  void (*get_typed)(const socket&);
};

template <class Key>
entry entry_of(Key, const char* name) {
  using held = typename Key::value_type;
  constexpr bool text = std::is_same_v<held, std::string>;
  return {Key::id,
          name,
          Key::access,
          text,
          [](socket& of) {
            if constexpr (text)
              of.set(false_key<Key::id, int>{}, 1);
            else
              of.set(false_key<Key::id, std::string>{}, "1");
          },
          [](const socket& of) { (void)of.get(false_key<Key::id, held>{}); }};
}

const std::vector<entry>& entries() {
  static const std::vector<entry> all{
#define ZMQRT_OPTION(name, ...) entry_of(option::name, #name),
#define ZMQRT_GATHERING_OPTION(name, ...) entry_of(option::name, #name),
#define ZMQRT_LIVE_OPTION(name, ...) entry_of(option::name, #name),
#include "zmqrt/option_list.hpp"
  };
  return all;
}

/// All that a socket answers.
std::map<int, bytes> all_of(const socket& from) {
  std::map<int, bytes> out;
  for (const entry& each : entries())
    if (each.access != option_access::set_only)
      out[each.id] = from.get_raw(each.id);
  return out;
}

template <class Verb>
void refuses(const entry& option, Verb&& verb) {
  INFO(option.name);
  try {
    std::forward<Verb>(verb)();
  } catch (const error& thrown) {
    INFO(thrown.what());
    REQUIRE(thrown.code() == errc::invalid_argument);
    REQUIRE(thrown.subject() == option.name);
    // Beyond the name and the code's own words.
    const std::string plain = error{errc::invalid_argument, option.name}.what();
    REQUIRE(std::string{thrown.what()}.size() > plain.size());
    return;
  }
  FAIL("nothing was thrown");
}

constexpr std::array types{
  socket_type::pair,   socket_type::pub,     socket_type::sub,
  socket_type::req,    socket_type::rep,     socket_type::dealer,
  socket_type::router, socket_type::pull,    socket_type::push,
  socket_type::xpub,   socket_type::xsub,    socket_type::server,
  socket_type::client, socket_type::radio,   socket_type::dish,
  socket_type::gather, socket_type::scatter, socket_type::peer,
  socket_type::channel};

} // namespace

TEST_CASE("options: abuse by both doors is named, and changes nothing") {
  ON_EVERY(where, over_tcp());
  scene it{where};
  for (const auto type : types) {
    auto some = it.open(type);
    some.bind(it.fresh()); // so late that all are too late that can be
    const auto before = all_of(some);
    const bytes nothing;
    const bytes three(3);
    for (const entry& each : entries()) {
      if (each.access == option_access::set_only) {
        refuses(each, [&] { (void)some.get_raw(each.id); });
        refuses(each, [&] { each.get_typed(some); });
      }
      refuses(each, [&] { each.set_wrong_type(some); });
      if (!each.text)
        refuses(each, [&] { some.set_raw(each.id, three); });
      if (each.access == option_access::get_only)
        refuses(each, [&] { some.set_raw(each.id, nothing); });
    }
    REQUIRE(all_of(some) == before);
    // It is a socket like any other still.
    some.set(option::linger, milliseconds{3});
    REQUIRE(some.get(option::linger) == milliseconds{3});
  }
}

TEST_CASE("options: numbers outside their ranges, on every type") {
  ON_EVERY(where, over_tcp());
  scene it{where};
  for (const auto type : types) {
    auto some = it.open(type);
    const auto before = all_of(some);
    // No option of four bytes goes so low, but those that take any number.
    const int lowest = std::numeric_limits<int>::min();
    for (const entry& each : entries())
      if (!each.text && each.access == option_access::set_get
          && before.at(each.id).size() == sizeof lowest)
        refuses(each, [&] {
          some.set_raw(each.id, std::as_bytes(std::span{&lowest, 1}));
        });
    REQUIRE(all_of(some) == before);
  }
}

TEST_CASE("options: a number that is none's") {
  ON_EVERY(where, over_tcp());
  scene it{where};
  auto pull = it.pull();
  for (const int id : {-1, 0, 1, 2, 3, 10, 20, 117, 9999, 10000, 10012}) {
    const auto name = "option " + std::to_string(id);
    const entry named{id, name.c_str(), option_access::set_get, false, {}, {}};
    refuses(named, [&] { pull.set_raw(id, bytes(4)); });
    refuses(named, [&] { (void)pull.get_raw(id); });
  }
}

} // namespace zmqrt::test
