/* SPDX-License-Identifier: MPL-2.0
 *
 * Throughput and round trips by zmq.h alone, as libzmq's own local_thr,
 * remote_thr, local_lat and remote_lat measure them: compiled once, run with
 * any library that calls itself libzmq.so.5 (scripts/bench-c-api).
 *
 *   perf thr|lat tcp|ipc|inproc BYTES COUNT
 *
 * Prints messages per second, or microseconds per round trip. The sockets are
 * PUSH and PULL, or REQ and REP, with libzmq's defaults, in two processes, for
 * inproc in two threads. Every byte is written and read, as programs do; those
 * of libzmq leave the payload alone. */

#define _POSIX_C_SOURCE 200809L

#include <zmq.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static size_t size;
static int count;
static int round_trips;

static void check(int ok, const char *what) {
  if (ok)
    return;
  fprintf(stderr, "%s: %s\n", what, zmq_strerror(zmq_errno()));
  exit(1);
}

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void send_one(void *to) {
  zmq_msg_t msg;
  check(zmq_msg_init_size(&msg, size) == 0, "zmq_msg_init_size");
  memset(zmq_msg_data(&msg), 'x', size);
  check(zmq_msg_send(&msg, to, 0) >= 0, "zmq_msg_send");
}

static void receive_one(zmq_msg_t *into, void *from) {
  check(zmq_msg_recv(into, from, 0) >= 0, "zmq_msg_recv");
  check(zmq_msg_size(into) == size, "the size of what came");
  check(memchr(zmq_msg_data(into), 'y', size) == NULL, "what came");
}

/* The side that connects: sends, or asks. */
static void far_side(void *socket) {
  zmq_msg_t msg;
  zmq_msg_init(&msg);
  if (!round_trips) {
    for (int i = 0; i < count; ++i)
      send_one(socket);
  } else {
    for (int i = 0; i < count; ++i) {
      check(zmq_msg_recv(&msg, socket, 0) >= 0, "zmq_msg_recv");
      check(zmq_msg_send(&msg, socket, 0) >= 0, "zmq_msg_send");
    }
  }
  zmq_msg_close(&msg);
}

/* The side that binds: holds the clock, from the first message on. */
static double near_side(void *socket) {
  zmq_msg_t msg;
  zmq_msg_init(&msg);
  double result;
  if (!round_trips) {
    receive_one(&msg, socket);
    const double begin = seconds();
    for (int i = 1; i < count; ++i)
      receive_one(&msg, socket);
    result = (count - 1) / (seconds() - begin);
  } else {
    double begin = seconds();
    for (int i = 0; i < count; ++i) {
      if (i == count / 10) /* warm by then */
        begin = seconds();
      send_one(socket);
      receive_one(&msg, socket);
    }
    result = (seconds() - begin) * 1e6 / (count - count / 10);
  }
  zmq_msg_close(&msg);
  return result;
}

static void *open_socket(void *ctx, int near) {
  const int type = round_trips ? (near ? ZMQ_REQ : ZMQ_REP)
                               : (near ? ZMQ_PULL : ZMQ_PUSH);
  void *const made = zmq_socket(ctx, type);
  check(made != NULL, "zmq_socket");
  return made;
}

struct far_thread {
  void *ctx;
  const char *endpoint;
};

static void run_far_thread(void *argument) {
  const struct far_thread *const what = argument;
  void *const socket = open_socket(what->ctx, 0);
  check(zmq_connect(socket, what->endpoint) == 0, "zmq_connect");
  far_side(socket);
  check(zmq_close(socket) == 0, "zmq_close");
}

static double in_threads(void) {
  const char *const endpoint = "inproc://perf";
  void *const ctx = zmq_ctx_new();
  void *const socket = open_socket(ctx, 1);
  check(zmq_bind(socket, endpoint) == 0, "zmq_bind");
  struct far_thread other = {ctx, endpoint};
  void *const thread = zmq_threadstart(run_far_thread, &other);
  check(thread != NULL, "zmq_threadstart");
  const double result = near_side(socket);
  zmq_threadclose(thread);
  check(zmq_close(socket) == 0, "zmq_close");
  check(zmq_ctx_term(ctx) == 0, "zmq_ctx_term");
  return result;
}

static double in_processes(const char *wildcard) {
  int told[2];
  int over[2];
  check(pipe(told) == 0 && pipe(over) == 0, "pipe");
  const pid_t child = fork(); /* before either has a context */
  check(child >= 0, "fork");
  char endpoint[256] = "";
  size_t length = sizeof endpoint;
  void *const ctx = zmq_ctx_new();
  void *const socket = open_socket(ctx, child != 0);
  if (child == 0) {
    check(read(told[0], endpoint, sizeof endpoint) > 0, "read");
    check(zmq_connect(socket, endpoint) == 0, "zmq_connect");
    far_side(socket);
    /* Stays until all has come: libzmq's ipc loses what a peer that hangs up
     * has still in its buffers. */
    close(over[1]);
    check(read(over[0], endpoint, 1) == 0, "read");
    check(zmq_close(socket) == 0, "zmq_close");
    check(zmq_ctx_term(ctx) == 0, "zmq_ctx_term");
    exit(0);
  }
  check(zmq_bind(socket, wildcard) == 0, "zmq_bind");
  check(zmq_getsockopt(socket, ZMQ_LAST_ENDPOINT, endpoint, &length) == 0,
        "zmq_getsockopt");
  check(write(told[1], endpoint, sizeof endpoint) > 0, "write");
  const double result = near_side(socket);
  close(over[1]);
  int status = 0;
  check(waitpid(child, &status, 0) == child && status == 0, "the other side");
  check(zmq_close(socket) == 0, "zmq_close");
  check(zmq_ctx_term(ctx) == 0, "zmq_ctx_term");
  return result;
}

int main(int argc, char **argv) {
  if (argc != 5) {
    fprintf(stderr, "usage: %s thr|lat tcp|ipc|inproc BYTES COUNT\n", argv[0]);
    return 2;
  }
  alarm(120); /* ended by itself, whatever happens */
  round_trips = strcmp(argv[1], "lat") == 0;
  size = strtoul(argv[3], NULL, 10);
  count = atoi(argv[4]);
  double result;
  if (strcmp(argv[2], "inproc") == 0)
    result = in_threads();
  else
    result = in_processes(strcmp(argv[2], "ipc") == 0 ? "ipc://*"
                                                      : "tcp://127.0.0.1:*");
  printf("%.3f\n", result);
  return 0;
}
