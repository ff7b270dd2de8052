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
  where.envelope.push_back(request.pop_front());
  if (request.size() > 1 && request[0].size() == 0)
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
