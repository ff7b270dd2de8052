// SPDX-License-Identifier: MPL-2.0
//
// The peer libzmq 4.3.5 with its drafts: the socket types of single frames, and
// of others what only it has options for (../peers/README.md says how it is
// spoken to).

import { createInterface } from "node:readline";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const zmq = require("zeromq");
const drafts = require("zeromq/draft.js");
const { Socket } = require("zeromq/lib/native.js");
const { allowMethods } = require("zeromq/lib/util.js");

// The package has no class for these two.
class Peer extends Socket {
  constructor(options) {
    super(19, options);
  }
}
class Channel extends Socket {
  constructor(options) {
    super(20, options);
  }
}
for (const type of [Peer, Channel])
  allowMethods(type.prototype, ["send", "receive"]);

// Nor has it these options.
const options = {
  router_notify: 97,
  only_first_subscribe: 108,
  xsub_verbose_unsubscribe: 115,
};

const types = {
  CLIENT: drafts.Client,
  SERVER: drafts.Server,
  RADIO: drafts.Radio,
  DISH: drafts.Dish,
  SCATTER: drafts.Scatter,
  GATHER: drafts.Gather,
  DGRAM: drafts.Datagram,
  PEER: Peer,
  CHANNEL: Channel,
  ROUTER: zmq.Router,
  XPUB: zmq.XPublisher,
  XSUB: zmq.XSubscriber,
};

let socket;

const handlers = {
  open({ type, options: given }) {
    socket = new types[type]({ linger: 0 });
    for (const [name, value] of Object.entries(given))
      Socket.prototype.setInt32Option.call(socket, options[name], value);
    return { event: "opened" };
  },
  async bind({ endpoint }) {
    await socket.bind(endpoint);
    return { event: "bound", endpoint: socket.lastEndpoint };
  },
  connect({ endpoint }) {
    socket.connect(endpoint);
    return { event: "connecting" };
  },
  join({ group }) {
    Socket.prototype.join.call(socket, group);
    return { event: "joined" };
  },
  leave({ group }) {
    Socket.prototype.leave.call(socket, group);
    return { event: "left" };
  },
  async say({ frames, routing_id, group }) {
    if (routing_id !== undefined)
      await socket.send(frames[0], { routingId: routing_id });
    else if (group !== undefined) await socket.send(frames[0], { group });
    else await socket.send(frames.length > 1 ? frames : frames[0]);
    return { event: "said" };
  },
  // With a group: the first message of that group, and the groups heard before.
  async hear({ group }) {
    const skipped = new Set();
    for (;;) {
      const parts = await socket.receive();
      const about = parts.filter((part) => !Buffer.isBuffer(part))[0] ?? {};
      const heard = {
        event: "heard",
        frames: parts.filter(Buffer.isBuffer).map(String),
        skipped: [...skipped],
      };
      if (about.routingId !== undefined) heard.routing_id = about.routingId;
      if (about.group !== undefined) heard.group = String(about.group);
      if (group === undefined || heard.group === group) return heard;
      skipped.add(heard.group);
    }
  },
  close() {
    socket.close();
    return { event: "closed" };
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  let answer;
  try {
    const command = JSON.parse(line);
    answer = await handlers[command.do](command);
  } catch (failed) {
    answer = { event: "error", what: String(failed), for: line };
  }
  process.stdout.write(JSON.stringify(answer) + "\n");
}
process.exit(0);
