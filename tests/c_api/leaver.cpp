// SPDX-License-Identifier: MPL-2.0
//
// A program that ends without closing anything, in the way that its argument
// names. Nothing of the library may hold it up, or crash on the way out.

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <thread>

#include <zmq.h>

namespace {

void* const ctx = zmq_ctx_new();

void* open(int type) {
  void* const made = zmq_socket(ctx, type);
  if (made == nullptr)
    std::abort();
  return made;
}

/// A PUSH and a PULL that are connected and have met.
struct pair {
  void* pull = open(ZMQ_PULL);
  void* push = open(ZMQ_PUSH);

  explicit pair(const char* at) {
    char endpoint[256];
    std::size_t size = sizeof endpoint;
    if (zmq_bind(pull, at) != 0
        || zmq_getsockopt(pull, ZMQ_LAST_ENDPOINT, endpoint, &size) != 0
        || zmq_connect(push, endpoint) != 0 || zmq_send(push, "x", 1, 0) != 1
        || zmq_recv(pull, endpoint, sizeof endpoint, 0) != 1)
      std::abort();
  }
};

void leave_traffic_on(void* to, void* from) {
  std::thread([=] {
    while (zmq_send(to, "traffic", 7, 0) > 0) {
    }
  }).detach();
  std::thread([=] {
    while (zmq_recv(from, nullptr, 0, 0) >= 0) {
    }
  }).detach();
}

/// As static objects of an application do, at its end.
struct closes_late {
  void* socket = nullptr;
  bool term = false;

  ~closes_late() {
    if (socket != nullptr && zmq_close(socket) != 0)
      std::abort();
    if (term && zmq_ctx_term(ctx) != 0)
      std::abort();
  }
};

closes_late at_exit;

} // namespace

int main(int argc, char** argv) {
  const char* const how = argc > 1 ? argv[1] : "";
  const auto is = [&](const char* name) { return std::strcmp(how, name) == 0; };
  if (is("context")) {
    return 0;
  }
  if (is("closes late") || is("terms late")) {
    at_exit.socket = open(ZMQ_PULL);
    at_exit.term = is("terms late");
    if (zmq_bind(at_exit.socket, "tcp://127.0.0.1:*") != 0)
      std::abort();
    return 0;
  }
  const pair tcp{"tcp://127.0.0.1:*"};
  const pair inproc{"inproc://here"};
  if (is("idle"))
    return 0;
  if (is("unsent")) {
    void* const to_nobody = open(ZMQ_PUSH);
    if (zmq_connect(to_nobody, "ipc://@zmqrt-nobody-is-here") != 0)
      std::abort();
    return zmq_send(to_nobody, "x", 1, 0) == 1 ? 0 : 1;
  }
  leave_traffic_on(tcp.push, tcp.pull);
  leave_traffic_on(inproc.push, inproc.pull);
  std::thread([] { // one that is blocked
    (void)zmq_recv(open(ZMQ_PULL), nullptr, 0, 0);
  })
    .detach();
  if (is("traffic"))
    return 0;
  if (is("exit on a thread")) {
    std::thread([] { std::exit(0); }).join();
  }
  if (is("quick_exit"))
    std::quick_exit(0);
  std::fprintf(stderr, "leaver: what is \"%s\"?\n", how);
  return 2;
}
