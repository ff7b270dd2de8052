// SPDX-License-Identifier: MPL-2.0
//
// The peer JeroMQ 0.3.6: an independent implementation, which speaks ZMTP 2.0.
// See README.md for its commands. It reads the few shapes of JSON that the
// tests write, so that no JSON library is needed.

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

import org.zeromq.ZMQ;

public final class JeromqPeer {
  private static final int PATIENCE_MS = 20000;

  private final ZMQ.Context context = ZMQ.context(1);
  private ZMQ.Socket socket;

  public static void main(String[] args) throws Exception {
    JeromqPeer self = new JeromqPeer();
    BufferedReader in = new BufferedReader(
        new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      System.out.println(self.obey(line));
      System.out.flush();
    }
    // JeroMQ's threads would keep the process.
    Runtime.getRuntime().halt(0);
  }

  private String obey(String line) {
    try {
      switch (text(line, "do")) {
        case "open":
          return open(line);
        case "bind":
          return bind(line);
        case "connect":
          socket.connect(text(line, "endpoint"));
          return event("connecting", "");
        case "send":
          return send(line);
        case "recv":
          return recv(number(line, "count", 0));
        case "say":
          return say(texts(line, "frames"));
        case "hear":
          return hear();
        case "close":
          socket.close();
          return event("closed", "");
        case "term":
          socket.close();
          context.term();
          return event("terminated", "");
        default:
          throw new IllegalArgumentException("unknown command");
      }
    } catch (Exception failed) {
      return event("error", ",\"what\":" + quote(failed.toString()));
    }
  }

  private String open(String line) {
    switch (text(line, "type")) {
      case "PUSH":
        socket = context.socket(ZMQ.PUSH);
        break;
      case "PULL":
        socket = context.socket(ZMQ.PULL);
        break;
      case "PAIR":
        socket = context.socket(ZMQ.PAIR);
        break;
      default:
        throw new IllegalArgumentException("unknown type");
    }
    socket.setSendTimeOut(PATIENCE_MS);
    socket.setReceiveTimeOut(PATIENCE_MS);
    socket.setLinger(number(line, "linger", -1));
    socket.setSndHWM(number(line, "sndhwm", 1000));
    socket.setRcvHWM(number(line, "rcvhwm", 1000));
    return event("opened", "");
  }

  private String bind(String line) {
    String endpoint = text(line, "endpoint");
    if (endpoint.endsWith(":*")) {
      String prefix = endpoint.substring(0, endpoint.length() - 2);
      endpoint = prefix + ":" + socket.bindToRandomPort(prefix);
    } else {
      socket.bind(endpoint);
    }
    return event("bound", ",\"endpoint\":" + quote(endpoint));
  }

  private String send(String line) {
    int count = number(line, "count", 0);
    int first = number(line, "first", 0);
    int frames = number(line, "frames", 1);
    List<Integer> sizes = numbers(line, "sizes");
    CRC32 crc = new CRC32();
    for (long i = first; i < (long) first + count; ++i) {
      for (int f = 0; f < frames; ++f) {
        int size = sizes.get((int) ((i * frames + f) % sizes.size()));
        byte[] body = makeFrame(i, f, size);
        boolean more = f + 1 < frames;
        add(crc, body, more);
        put(body, more);
      }
    }
    return event("sent", ",\"count\":" + count + ",\"crc\":" + crc.getValue());
  }

  private String recv(int count) {
    CRC32 crc = new CRC32();
    long bytes = 0;
    for (int i = 0; i < count; ++i) {
      boolean more = true;
      while (more) {
        byte[] body = take();
        more = socket.hasReceiveMore();
        bytes += body.length;
        add(crc, body, more);
      }
    }
    return event("received", ",\"count\":" + count + ",\"crc\":"
        + crc.getValue() + ",\"bytes\":" + bytes);
  }

  private String say(List<String> frames) {
    for (int f = 0; f < frames.size(); ++f) {
      put(frames.get(f).getBytes(StandardCharsets.UTF_8),
          f + 1 < frames.size());
    }
    return event("said", "");
  }

  private String hear() {
    StringBuilder list = new StringBuilder();
    do {
      String part = new String(take(), StandardCharsets.UTF_8);
      list.append(list.length() == 0 ? "" : ",").append(quote(part));
    } while (socket.hasReceiveMore());
    return event("heard", ",\"frames\":[" + list + "]");
  }

  private void put(byte[] body, boolean more) {
    if (!socket.send(body, more ? ZMQ.SNDMORE : 0)) {
      throw new IllegalStateException("send timed out");
    }
  }

  private byte[] take() {
    byte[] body = socket.recv(0);
    if (body == null) {
      throw new IllegalStateException("recv timed out");
    }
    return body;
  }

  private static byte[] makeFrame(long index, int f, int size) {
    byte[] body = new byte[size];
    int value = (int) ((131 * index + 31 * f) % 251);
    for (int j = 0; j < size; ++j) {
      body[j] = (byte) value;
      value = value == 250 ? 0 : value + 1;
    }
    return body;
  }

  private static void add(CRC32 crc, byte[] body, boolean more) {
    for (int i = 0; i < 4; ++i) {
      crc.update(body.length >> (8 * i) & 0xff);
    }
    crc.update(more ? 1 : 0);
    crc.update(body, 0, body.length);
  }

  private static String event(String name, String rest) {
    return "{\"event\":\"" + name + "\"" + rest + "}";
  }

  private static String quote(String value) {
    return '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  private static String find(String line, String key, String value) {
    Matcher found = Pattern.compile("\"" + key + "\":" + value).matcher(line);
    return found.find() ? found.group(1) : null;
  }

  private static String text(String line, String key) {
    return find(line, key, "\"([^\"]*)\"");
  }

  private static int number(String line, String key, int otherwise) {
    String digits = find(line, key, "(-?[0-9]+)");
    return digits == null ? otherwise : Integer.parseInt(digits);
  }

  private static List<Integer> numbers(String line, String key) {
    List<Integer> all = new ArrayList<>();
    for (String digits : find(line, key, "\\[([0-9,]*)\\]").split(",")) {
      all.add(Integer.parseInt(digits));
    }
    return all;
  }

  private static List<String> texts(String line, String key) {
    List<String> all = new ArrayList<>();
    Matcher each = Pattern.compile("\"([^\"]*)\"")
        .matcher(find(line, key, "\\[([^\\]]*)\\]"));
    while (each.find()) {
      all.add(each.group(1));
    }
    return all;
  }
}
