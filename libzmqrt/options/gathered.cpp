// SPDX-License-Identifier: MPL-2.0
//
// The forms that gathering options ask for. See gathered.hpp.

#include "libzmqrt/options/gathered.hpp"

#include <algorithm>
#include <string_view>

namespace zmqrt {

namespace {

constexpr std::size_t max_name = 255;         // RFC 37: one octet of size
constexpr std::size_t octets_around_text = 5; // the sizes of name and value

failure broken(std::string rule) {
  return {make_error_code(errc::invalid_argument), std::move(rule)};
}

std::size_t bytes_of(const gathered_options& in) noexcept {
  std::size_t sum = 0;
  for (const auto& [name, value] : in.metadata)
    sum += octets_around_text + name.size() + value.size();
  return sum;
}

std::optional<failure> add_metadata(gathered_options& in,
                                    std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon + 1 == text.size())
    return broken("has the form X-name:value");
  const std::string_view name = text.substr(0, colon);
  const std::string_view value = text.substr(colon + 1);
  if (!name.starts_with("X-"))
    return broken("the name must start with X-");
  if (name.size() > max_name)
    return broken("the name must not be longer than 255 bytes");
  const auto at = std::lower_bound(
    in.metadata.begin(), in.metadata.end(), name,
    [](const auto& entry, std::string_view key) { return entry.first < key; });
  if (at != in.metadata.end() && at->first == name)
    return std::nullopt; // as in libzmq, the first one stays
  if (in.metadata.size() == most_metadata_entries)
    return broken("there must be no more than 240 names");
  if (bytes_of(in) + octets_around_text + name.size() + value.size()
      > most_metadata_bytes)
    return broken("all of it together must not be longer than 61440 bytes");
  in.metadata.emplace(at, name, value);
  return std::nullopt;
}

template <class Filter>
std::optional<failure> add_filter(std::vector<Filter>& to,
                                  const Filter& filter) {
  if (std::find(to.begin(), to.end(), filter) != to.end())
    return std::nullopt;
  if (to.size() == most_filters)
    return broken("there must be no more than 1000 of them");
  to.push_back(filter);
  return std::nullopt;
}

std::optional<failure> add_network(gathered_options& in,
                                   const std::string& text) {
  if (text.empty()) {
    in.tcp_accept_filters.clear();
    return std::nullopt;
  }
  const auto network = parse_ip_network(text);
  return network ? add_filter(in.tcp_accept_filters, *network) : network.why();
}

/// uid_t and gid_t have no sign: a negative value stands for a large number,
/// as in libzmq's representation.
std::optional<failure> add_account(std::vector<std::uint32_t>& to, int number) {
  if (number == -1)
    return broken("must not be -1, which is nobody's number");
  return add_filter(to, static_cast<std::uint32_t>(number));
}

} // namespace

std::optional<failure> gather(gathered_options& in, int id,
                              const option_value& value) {
  switch (id) {
  case option::metadata.id:
    return add_metadata(in, std::get<std::string>(value));
  case option::tcp_accept_filter.id:
    return add_network(in, std::get<std::string>(value));
  case option::ipc_filter_pid.id:
    return add_filter(in.ipc_pids, std::int32_t{std::get<int>(value)});
  case option::ipc_filter_uid.id:
    return add_account(in.ipc_uids, std::get<int>(value));
  case option::ipc_filter_gid.id:
    return add_account(in.ipc_gids, std::get<int>(value));
  default:
    return broken("there is no option of this number");
  }
}

bool clear_gathered(gathered_options& in, int id) noexcept {
  switch (id) {
  case option::tcp_accept_filter.id:
    in.tcp_accept_filters.clear();
    return true;
  case option::ipc_filter_pid.id:
    in.ipc_pids.clear();
    return true;
  case option::ipc_filter_uid.id:
    in.ipc_uids.clear();
    return true;
  case option::ipc_filter_gid.id:
    in.ipc_gids.clear();
    return true;
  default:
    return false;
  }
}

} // namespace zmqrt
