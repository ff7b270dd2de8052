// SPDX-License-Identifier: MPL-2.0
//
// See served.hpp.

#include "actors/front/served.hpp"

namespace zmqrt::actors {

return_path take_path(socket_type type, message& request) {
  return_path where;
  where.routing_id = request.routing_id();
  if (type != socket_type::router)
    return where;
  std::size_t delimiter = 1;
  while (delimiter < request.size() && request[delimiter].size() != 0)
    ++delimiter;
  // Nothing behind it: then it is the request.
  const std::size_t count =
    delimiter + 1 < request.size() ? delimiter + 1 : std::size_t{1};
  for (std::size_t i = 0; i < count; ++i)
    where.envelope.push_back(request.pop_front());
  return where;
}

void put_path(const return_path& where, message& reply) {
  for (auto each = where.envelope.rbegin(); each != where.envelope.rend();
       ++each)
    reply.push_front(*each);
  reply.set_routing_id(where.routing_id);
}

} // namespace zmqrt::actors
