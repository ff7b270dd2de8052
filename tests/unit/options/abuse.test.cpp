// SPDX-License-Identifier: MPL-2.0
//
// Every option of the table, by both doors, against every rule that it has:
// what breaks one is invalid_argument, says which, and changes nothing.

#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "libzmqrt/options/option_table.hpp"
#include "tests/support/catch.hpp"

using namespace zmqrt;
using std::chrono::milliseconds;

namespace {

using bytes = std::vector<std::byte>;

struct fixed_live final : live_options {
  [[nodiscard]] option_value live_option(int) const override {
    return 0;
  }
};

template <class T>
bytes raw(T value) {
  bytes out(sizeof value);
  std::memcpy(out.data(), &value, sizeof value);
  return out;
}

bytes raw(const std::string& text) {
  const auto all = std::as_bytes(std::span{text});
  return {all.begin(), all.end()};
}

bool is_text(option_type type) {
  return type == option_type::text || type == option_type::binary;
}

std::size_t size_of(option_type type) {
  return type == option_type::int64 || type == option_type::uint64
           ? sizeof(std::int64_t)
           : sizeof(int);
}

bool gathers(const option_spec& spec) {
  return spec.access == option_access::set_only && spec.write == nullptr;
}

socket_type fitting(const option_spec& spec) {
  if (spec.access == option_access::get_only)
    return socket_type::pair; // no type may set it
  unsigned type = 0;
  while ((spec.sockets >> type & 1U) == 0)
    ++type;
  return static_cast<socket_type>(type);
}

/// A figure as the option's own type has it; none: no such value exists.
std::optional<option_value> typed(option_type type, std::int64_t figure) {
  const bool fits = figure >= std::numeric_limits<int>::min()
                    && figure <= std::numeric_limits<int>::max();
  switch (type) {
  case option_type::boolean:
  case option_type::uint64:
    return std::nullopt;
  case option_type::integer:
    return fits ? std::optional{option_value{static_cast<int>(figure)}}
                : std::nullopt;
  case option_type::int64:
    return option_value{figure};
  case option_type::millis:
    return option_value{milliseconds{figure}};
  case option_type::text:
  case option_type::binary:
    break;
  }
  return option_value{std::string(static_cast<std::size_t>(figure), 'x')};
}

/// A value that is allowed and, but for bools that are set, not the default.
option_value allowed(const option_spec& spec) {
  if (spec.id == option::metadata.id)
    return std::string{"X-a:1"};
  if (spec.id == option::tcp_accept_filter.id)
    return std::string{"192.0.2.0/24"};
  if (spec.id == option::socks_proxy.id)
    return std::string{"proxy.test:1080"};
  if (spec.type == option_type::boolean)
    return true;
  if (spec.type == option_type::uint64)
    return std::uint64_t{7};
  const std::int64_t some = std::max<std::int64_t>(spec.least, 1);
  return *typed(spec.type, std::min(some, spec.most));
}

/// All that a socket may hold, set.
socket_options full() {
  socket_options out;
  for (const option_spec& spec : all_options()) {
    INFO(spec.name);
    if (spec.access != option_access::get_only)
      REQUIRE_FALSE(set_option(out, fitting(spec), spec.id, allowed(spec),
                               option_moment::fresh));
  }
  return out;
}

bool same(const socket_options& a, const socket_options& b) {
  for (const option_spec& spec : all_options())
    if (spec.read != nullptr && spec.read(a) != spec.read(b))
      return false;
  return a.gathered == b.gathered;
}

/// The table with a full set of options, and what must not happen to it.
struct bench {
  const socket_options before = full();
  socket_options now = before;

  void refuses(const std::optional<failure>& why, const std::string& rule) {
    REQUIRE(why);
    REQUIRE(why->code == errc::invalid_argument);
    REQUIRE(why->rule.find(rule) != std::string::npos);
    REQUIRE(same(before, now));
  }
  void refuses_typed(const option_spec& spec, option_value value,
                     const std::string& rule, option_moment when = {}) {
    refuses(set_option(now, fitting(spec), spec.id, std::move(value), when),
            rule);
  }
  void refuses_raw(const option_spec& spec, const bytes& value,
                   const std::string& rule, option_moment when = {}) {
    refuses(set_raw_option(now, fitting(spec), spec.id, value, when), rule);
  }
};

bytes raw_of(const option_value& value) {
  if (const auto* flag = std::get_if<bool>(&value))
    return raw<int>(*flag ? 1 : 0);
  if (const auto* number = std::get_if<int>(&value))
    return raw(*number);
  if (const auto* number = std::get_if<std::int64_t>(&value))
    return raw(*number);
  if (const auto* number = std::get_if<std::uint64_t>(&value))
    return raw(*number);
  if (const auto* time = std::get_if<milliseconds>(&value))
    return raw(static_cast<int>(time->count()));
  return raw(std::get<std::string>(value));
}

} // namespace

TEST_CASE("abuse: a value of another type") {
  bench table;
  const std::vector<option_value> values{true,
                                         1,
                                         std::int64_t{1},
                                         std::uint64_t{1},
                                         milliseconds{1},
                                         std::string{"1"}};
  for (const option_spec& spec : all_options()) {
    if (spec.access == option_access::get_only)
      continue;
    INFO(spec.name);
    const auto own = allowed(spec).index();
    for (const auto& value : values)
      if (value.index() != own)
        table.refuses_typed(spec, value, "takes a value of another type");
  }
}

TEST_CASE("abuse: a value of another size") {
  bench table;
  for (const option_spec& spec : all_options()) {
    if (spec.access == option_access::get_only || is_text(spec.type))
      continue;
    INFO(spec.name);
    const std::size_t right = size_of(spec.type);
    for (std::size_t size = gathers(spec) ? 1 : 0; size <= 17; ++size)
      if (size != right)
        table.refuses_raw(spec, bytes(size),
                          "takes " + std::to_string(right) + " bytes, not "
                            + std::to_string(size));
  }
}

TEST_CASE("abuse: below the least and above the most, too short and too long") {
  bench table;
  for (const option_spec& spec : all_options()) {
    if (spec.access == option_access::get_only)
      continue;
    INFO(spec.name);
    std::vector<std::int64_t> outside;
    if (!is_text(spec.type) || spec.least > 0) {
      if (spec.least > std::numeric_limits<std::int64_t>::min())
        outside.push_back(spec.least - 1);
    }
    if (spec.most < std::numeric_limits<int>::max()
        || (spec.type == option_type::millis
            && spec.most == std::numeric_limits<int>::max()))
      outside.push_back(spec.most + 1);
    for (const auto figure : outside) {
      INFO(figure);
      const auto value = typed(spec.type, figure);
      if (!value)
        continue; // no bool or int is outside
      table.refuses_typed(spec, *value, "must be ");
      if (spec.type != option_type::millis
          || figure <= std::numeric_limits<int>::max())
        table.refuses_raw(spec, raw_of(*value), "must be ");
    }
    if (spec.type == option_type::boolean)
      for (const int figure : {-1, 2})
        table.refuses_raw(spec, raw(figure), "must be 0 or 1");
  }
}

TEST_CASE("abuse: a zero byte in a text") {
  bench table;
  for (const option_spec& spec : all_options()) {
    if (spec.type != option_type::text
        || spec.access == option_access::get_only)
      continue;
    INFO(spec.name);
    auto text = std::get<std::string>(allowed(spec)) + "xxxx";
    text[text.size() - 2] = '\0';
    table.refuses_typed(spec, text, "must not contain a zero byte");
    table.refuses_raw(spec, raw(text), "must not contain a zero byte");
  }
}

TEST_CASE("abuse: a socket of a type that the option is not for") {
  bench table;
  for (const option_spec& spec : all_options()) {
    if (spec.access == option_access::get_only)
      continue;
    INFO(spec.name);
    for (unsigned i = 0; i < socket_types; ++i) {
      if ((spec.sockets >> i & 1U) != 0)
        continue;
      const auto type = static_cast<socket_type>(i);
      const auto rule =
        "does not apply to a " + std::string{to_string(type)} + " socket";
      table.refuses(set_option(table.now, type, spec.id, allowed(spec), {}),
                    rule);
      table.refuses(
        set_raw_option(table.now, type, spec.id, raw_of(allowed(spec)), {}),
        rule);
    }
  }
}

TEST_CASE("abuse: set what can only be got, get what can only be set") {
  bench table;
  const fixed_live live;
  for (const option_spec& spec : all_options()) {
    INFO(spec.name);
    if (spec.access == option_access::get_only) {
      table.refuses_typed(spec, 1, "is read-only");
      table.refuses_raw(spec, raw(1), "is read-only");
    }
    if (spec.access == option_access::set_only) {
      const auto value = get_option(table.now, spec.id, live);
      REQUIRE(value.code() == errc::invalid_argument);
      REQUIRE(value.why().rule == "can be set only");
      const auto as_bytes = get_raw_option(table.now, spec.id, live);
      REQUIRE(as_bytes.code() == errc::invalid_argument);
      REQUIRE(as_bytes.why().rule == "can be set only");
    }
  }
}

TEST_CASE("abuse: too late, but not for those that take effect later") {
  bench table;
  constexpr auto late = option_moment::has_endpoints;
  for (const option_spec& spec : all_options()) {
    if (spec.access == option_access::get_only)
      continue;
    INFO(spec.name);
    if (spec.effect == option_effect::first_endpoint) {
      const auto* const rule = "must be set before the first bind or connect";
      table.refuses_typed(spec, allowed(spec), rule, late);
      table.refuses_raw(spec, raw_of(allowed(spec)), rule, late);
    } else {
      REQUIRE_FALSE(
        set_option(table.now, fitting(spec), spec.id, allowed(spec), late));
    }
  }
}

TEST_CASE("abuse: what was refused by one door is taken by both when right") {
  for (const option_spec& spec : all_options()) {
    if (spec.access == option_access::get_only)
      continue;
    INFO(spec.name);
    socket_options typed_in;
    socket_options raw_in;
    REQUIRE_FALSE(
      set_option(typed_in, fitting(spec), spec.id, allowed(spec), {}));
    REQUIRE_FALSE(set_raw_option(raw_in, fitting(spec), spec.id,
                                 raw_of(allowed(spec)), {}));
    REQUIRE(same(typed_in, raw_in));
    if (spec.write == nullptr && spec.read == nullptr)
      REQUIRE_FALSE(typed_in.gathered == gathered_options{});
  }
}
