// SPDX-License-Identifier: MPL-2.0
//
// The option table (zmq_setsockopt(3), zmq_getsockopt(3)): what each line of
// the list means, and the checks that both doors share. Pure.

#include "libzmqrt/options/option_table.hpp"

#include <array>
#include <limits>

#include "libzmqrt/endpoint/endpoint.hpp"
#include "libzmqrt/keys/secret.hpp"

namespace zmqrt {

namespace {

constexpr std::int64_t least_int = std::numeric_limits<int>::min();
constexpr std::int64_t most_int = std::numeric_limits<int>::max();
constexpr std::int64_t most_int64 = std::numeric_limits<std::int64_t>::max();

constexpr std::uint32_t bit(socket_type type) noexcept {
  return std::uint32_t{1} << static_cast<unsigned>(type);
}

// The sets of socket types that the list's lines name.
constexpr std::uint32_t all_sockets = ~std::uint32_t{0};
constexpr std::uint32_t conflating =
  bit(socket_type::pull) | bit(socket_type::push) | bit(socket_type::sub)
  | bit(socket_type::pub) | bit(socket_type::dealer);

constexpr std::uint32_t subscribing =
  bit(socket_type::sub) | bit(socket_type::xpub);
constexpr std::uint32_t publishing =
  bit(socket_type::pub) | bit(socket_type::xpub);
constexpr std::uint32_t spreading = publishing | bit(socket_type::radio);
constexpr std::uint32_t xpubs = bit(socket_type::xpub);
constexpr std::uint32_t xsubs = bit(socket_type::xsub);
constexpr std::uint32_t raw_pub_sub = xpubs | xsubs;
constexpr std::uint32_t pub_sub = publishing | bit(socket_type::sub);
constexpr std::uint32_t reqs = bit(socket_type::req);
constexpr std::uint32_t routers = bit(socket_type::router);
constexpr std::uint32_t streams = bit(socket_type::stream);
constexpr std::uint32_t routing = routers | streams;
constexpr std::uint32_t probing = routers | reqs | bit(socket_type::dealer);

constexpr std::array table{
#define ZMQRT_OPTION(name, id, type, fallback, least, most, sockets, access,   \
                     effect)                                                   \
  option_spec{                                                                 \
    id,                                                                        \
    #name,                                                                     \
    option_type::type,                                                         \
    least,                                                                     \
    most,                                                                      \
    sockets,                                                                   \
    option_access::access,                                                     \
    option_effect::effect,                                                     \
    [](const socket_options& from) { return option_value{from.name}; },        \
    [](socket_options& to, option_value&& value) {                             \
      to.name = std::get<option::types::type>(std::move(value));               \
    }},
#define ZMQRT_GATHERING_OPTION(name, id, type, least, most)                    \
  option_spec{id,                                                              \
              #name,                                                           \
              option_type::type,                                               \
              least,                                                           \
              most,                                                            \
              all_sockets,                                                     \
              option_access::set_only,                                         \
              option_effect::next_endpoint,                                    \
              nullptr,                                                         \
              nullptr},
#define ZMQRT_SECURITY_OPTION(name, id, type, least, most)                     \
  option_spec{id,                                                              \
              #name,                                                           \
              option_type::type,                                               \
              least,                                                           \
              most,                                                            \
              all_sockets,                                                     \
              option_access::set_get,                                          \
              option_effect::next_endpoint,                                    \
              [](const socket_options& from) {                                 \
                return get_security(from.security, id);                        \
              },                                                               \
              nullptr},
#define ZMQRT_LIVE_OPTION(name, id, type)                                      \
  option_spec{                                                                 \
    id,      #name,  option_type::type,       0,                               \
    0,       0,      option_access::get_only, option_effect::at_once,          \
    nullptr, nullptr},
#include "zmqrt/option_list.hpp"
};

failure broken(std::string rule) {
  return {make_error_code(errc::invalid_argument), std::move(rule)};
}

// What the value of such an option is, in words; a plural for counts.
std::string_view unit_of(option_type type) noexcept {
  switch (type) {
  case option_type::millis:
    return " milliseconds";
  case option_type::text:
  case option_type::binary:
    return " bytes long";
  default:
    return "";
  }
}

std::size_t alternative_of(option_type type) noexcept {
  switch (type) {
  case option_type::boolean:
    return option_value{false}.index();
  case option_type::integer:
    return option_value{0}.index();
  case option_type::int64:
    return option_value{std::int64_t{0}}.index();
  case option_type::uint64:
    return option_value{std::uint64_t{0}}.index();
  case option_type::millis:
    return option_value{std::chrono::milliseconds{0}}.index();
  case option_type::text:
  case option_type::binary:
    break;
  }
  return std::variant_npos;
}

bool has_type(const option_value& value, option_type type) noexcept {
  const std::size_t wanted = alternative_of(type);
  return wanted == std::variant_npos
           ? std::holds_alternative<std::string>(value)
           : value.index() == wanted;
}

// The figure that least and most limit.
std::int64_t figure_of(const option_value& value) noexcept {
  if (const auto* flag = std::get_if<bool>(&value))
    return *flag ? 1 : 0;
  if (const auto* number = std::get_if<int>(&value))
    return *number;
  if (const auto* number = std::get_if<std::int64_t>(&value))
    return *number;
  if (const auto* time = std::get_if<std::chrono::milliseconds>(&value))
    return time->count();
  if (const auto* text = std::get_if<std::string>(&value))
    return static_cast<std::int64_t>(text->size());
  return 0;
}

// The kernel takes no 0 for these (tcp(7)), so it does not come to mean "what
// the system has", which is -1.
constexpr bool refuses_zero(int id) noexcept {
  return id == option::tcp_keepalive_cnt.id
         || id == option::tcp_keepalive_idle.id
         || id == option::tcp_keepalive_intvl.id;
}

std::optional<failure> check_range(const option_spec& spec,
                                   const option_value& value) {
  if (spec.type == option_type::uint64)
    return std::nullopt;
  const std::int64_t figure = figure_of(value);
  const bool holed = refuses_zero(spec.id);
  if (figure >= spec.least && figure <= spec.most && !(holed && figure == 0))
    return std::nullopt;
  if (holed)
    return broken("must be -1 or more than 0, not " + std::to_string(figure));
  std::string rule = "must be " + std::to_string(spec.least);
  if (spec.most == most_int64 || (spec.most == most_int && figure < 0))
    rule += " or more";
  else
    rule += " to " + std::to_string(spec.most);
  rule += unit_of(spec.type);
  return broken(rule + ", not " + std::to_string(figure));
}

// What no number says: the form of a text. libzmq's programs set any, and hear
// of it when they connect.
std::optional<failure> check_form(const socket_options& in,
                                  const option_spec& spec,
                                  const option_value& value) {
  if (spec.id != option::socks_proxy.id || in.as_libzmq)
    return std::nullopt;
  return check_socks_proxy(std::get<std::string>(value));
}

// A text goes to system calls: no zero within.
bool has_zero(const option_spec& spec, const option_value& value) {
  return spec.type == option_type::text
         && std::get<std::string>(value).find('\0') != std::string::npos;
}

bool is_security(const option_spec& spec) noexcept {
  return spec.write == nullptr && spec.read != nullptr;
}

/// Wiped at the end, whatever became of it.
struct secret_value {
  option_value* held;
  ~secret_value() {
    auto* const text = std::get_if<std::string>(held);
    if (text != nullptr)
      keys::wipe(*text);
  }
};

} // namespace

std::span<const option_spec> all_options() noexcept {
  return table;
}

const option_spec* find_option(int id) noexcept {
  for (const option_spec& spec : table)
    if (spec.id == id)
      return &spec;
  return nullptr;
}

std::optional<failure> check_socks_proxy(const std::string& text) {
  if (text.empty())
    return std::nullopt;
  const auto parsed = parse_endpoint("tcp://" + text, endpoint_use::connect);
  if (!parsed)
    return parsed.why();
  if (parsed->source.present)
    return broken("has the form host:port");
  return std::nullopt;
}

std::string option_name(int id) {
  const option_spec* const spec = find_option(id);
  return spec != nullptr ? std::string{spec->name}
                         : "option " + std::to_string(id);
}

std::optional<failure> set_option(socket_options& in, socket_type of, int id,
                                  option_value value, option_moment when) {
  const option_spec* const spec = find_option(id);
  if (spec == nullptr)
    return broken("there is no option of this number");
  const secret_value no_trace{is_security(*spec) ? &value : nullptr};
  if (spec->access == option_access::get_only)
    return broken("is read-only");
  if ((spec->sockets & bit(of)) == 0)
    return broken("does not apply to a " + std::string{to_string(of)}
                  + " socket");
  if (spec->effect == option_effect::first_endpoint
      && when != option_moment::fresh)
    return broken("must be set before the first bind or connect");
  if (!has_type(value, spec->type))
    return broken("takes a value of another type");
  if (auto why = check_range(*spec, value))
    return why;
  if (has_zero(*spec, value))
    return broken("must not contain a zero byte");
  if (auto why = check_form(in, *spec, value))
    return why;
  if (spec->write == nullptr)
    return is_security(*spec) ? set_security(in.security, id, value)
                              : gather(in.gathered, id, value);
  spec->write(in, std::move(value));
  return std::nullopt;
}

result<option_value> get_option(const socket_options& in, int id,
                                const live_options& live) {
  const option_spec* const spec = find_option(id);
  if (spec == nullptr)
    return broken("there is no option of this number");
  if (spec->access == option_access::set_only)
    return broken("can be set only");
  if (spec->read == nullptr)
    return live.live_option(id);
  return spec->read(in);
}

} // namespace zmqrt
