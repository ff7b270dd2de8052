// SPDX-License-Identifier: MPL-2.0
//
// `zmqrt keygen`: what it writes, with which modes, what it refuses, and that
// a failure leaves everything as it was.

#include <array>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

#include <sys/stat.h>

#include "tests/support/catch.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temporary_directory.hpp"
#include "zmqrt/curve.hpp"

using namespace zmqrt;
using namespace zmqrt::test;

namespace fs = std::filesystem;

namespace {

std::string read_all(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void write_all(const fs::path& path, const std::string& octets) {
  std::ofstream(path, std::ios::binary) << octets;
}

struct outcome {
  int code = -1;
  std::string out;
  std::string err;
};

/// A folder, in which the command is run.
struct bed {
  temporary_directory folder;
  temporary_directory said; ///< not where files are counted

  /// `before` are words for the shell, run first in the same process.
  outcome keygen(const std::vector<std::string>& arguments,
                 const std::string& before = ":") const {
    std::vector<std::string> argv{"sh", "-c",
                                  "cd " + folder.path().string() + " && exec >"
                                    + said.path().string() + "/out 2>"
                                    + said.path().string() + "/err && " + before
                                    + " && exec \"$0\" keygen \"$@\"",
                                  ZMQRT_COMMAND};
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    process command(argv);
    outcome what;
    what.code = command.wait();
    what.out = read_all(said.path() / "out");
    what.err = read_all(said.path() / "err");
    return what;
  }

  [[nodiscard]] fs::path at(const std::string& name) const {
    return folder.path() / name;
  }
  [[nodiscard]] unsigned mode(const std::string& name) const {
    struct stat there {};
    REQUIRE(::lstat(at(name).c_str(), &there) == 0);
    return there.st_mode & 07777;
  }
  /// Names and octets of all that is there.
  [[nodiscard]] std::map<std::string, std::string> files() const {
    std::map<std::string, std::string> out;
    for (const auto& each : fs::directory_iterator(folder.path()))
      out[each.path().filename().string()] =
        each.is_directory() ? "a folder" : read_all(each.path());
    return out;
  }
};

std::string octets_of(const curve_public_key& key) {
  return {reinterpret_cast<const char*>(key.data()), key.size()};
}

std::string hex_of(const std::string& octets) {
  std::string out;
  for (const char c : octets) {
    char two[3];
    std::snprintf(two, sizeof two, "%02x", static_cast<unsigned char>(c));
    out += two;
  }
  return out;
}

/// What is expected of a key in a format, without keygen's own code.
std::string written(const std::string& octets, const std::string& format) {
  if (format == "raw")
    return octets;
  if (format == "hex")
    return hex_of(octets) + '\n';
  return z85_encode(std::as_bytes(std::span{octets})) + '\n';
}

std::string public_of(const std::string& secret) {
  REQUIRE(secret.size() == curve_key_size);
  std::array<std::byte, curve_key_size> key{};
  std::memcpy(key.data(), secret.data(), key.size());
  return octets_of(curve_public(curve_secret_key{key}));
}

std::string from_hex(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2)
    out += static_cast<char>(std::stoi(text.substr(i, 2), nullptr, 16));
  return out;
}

std::string from_z85(const std::string& text) {
  const auto octets = z85_decode(text);
  return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}

} // namespace

TEST_CASE("keygen writes a pair that belongs together") {
  const bed here;
  const auto made = here.keygen({"key"});
  CHECK(made.code == 0);
  CHECK(made.err.empty());
  const auto files = here.files();
  CHECK(files.size() == 2);
  const auto secret = files.at("key");
  REQUIRE(secret.size() == 41);
  CHECK(secret.back() == '\n');
  const auto expected = public_of(from_z85(secret.substr(0, 40)));
  CHECK(files.at("key.pub") == written(expected, "z85"));
  CHECK(made.out == files.at("key.pub"));
  // Another one is another one.
  CHECK(here.keygen({"other"}).code == 0);
  CHECK(here.files().at("other") != secret);
}

TEST_CASE("keygen writes and reads each format") {
  const bed here;
  for (const std::string format : {"z85", "hex", "raw"}) {
    INFO(format);
    const auto made = here.keygen({"--format", format, format});
    REQUIRE(made.code == 0);
    const auto text = here.files().at(format);
    const auto secret = format == "raw"   ? text
                        : format == "hex" ? from_hex(text.substr(0, 64))
                                          : from_z85(text.substr(0, 40));
    const auto expected = public_of(secret);
    CHECK(text == written(secret, format));
    CHECK(here.files().at(format + ".pub") == written(expected, format));
    CHECK(made.out == written(expected, format));
    CHECK(here.mode(format) == 0600);
    for (const std::string other : {"z85", "hex", "raw"}) {
      const auto got = here.keygen({"--public", format, "--format", other});
      CHECK(got.code == 0);
      CHECK(got.out == written(expected, other));
    }
    const auto by_default = here.keygen({"--public", format});
    CHECK(by_default.out == written(expected, "z85"));
  }
}

TEST_CASE("keygen reads keys that others have written") {
  const bed here;
  const std::string secret(curve_key_size, '\n'); // raw, and ends in newlines
  const auto expected = written(public_of(secret), "z85");
  auto upper = hex_of(secret);
  for (char& c : upper)
    c = c == 'a' ? 'A' : c;
  const auto z85 = z85_encode(std::as_bytes(std::span{secret}));
  for (const auto& text :
       {secret, z85, z85 + "\r\n", hex_of(secret), upper, upper + "\r\n"}) {
    write_all(here.at("key"), text);
    const auto got = here.keygen({"--public", "key"});
    CHECK(got.code == 0);
    CHECK(got.out == expected);
  }
}

TEST_CASE("keygen refuses what is no key, and does not repeat it") {
  const bed here;
  const std::string z85(40, '0');
  for (const auto& text :
       {std::string{}, std::string{"\n"}, z85.substr(1), z85 + "0",
        z85 + "\n\n", z85.substr(1) + "\"", z85.substr(1) + "\n",
        std::string(40, '#'), std::string(63, 'a') + "g", std::string(65, 'a'),
        std::string(31, 'x'), std::string(33, 'x'), std::string(1000, 'a')}) {
    INFO(text);
    write_all(here.at("key"), text);
    const auto got = here.keygen({"--public", "key"});
    CHECK(got.code == 1);
    CHECK(got.out.empty());
    CHECK_THAT(got.err, Catch::StartsWith("zmqrt: key: no key"));
    if (text.size() > 8)
      CHECK_THAT(got.err, !Catch::Contains(text.substr(1, 8)));
  }
  const auto none = here.keygen({"--public", "none"});
  CHECK(none.code == 1);
  CHECK_THAT(none.err, Catch::StartsWith("zmqrt: none: No such file"));
}

TEST_CASE("keygen's files are their owner's, whatever the umask") {
  for (const std::string mask : {"000", "022", "077", "777"}) {
    INFO(mask);
    const bed here;
    CHECK(here.keygen({"key"}, "umask " + mask).code == 0);
    CHECK(here.mode("key") == 0600);
    CHECK(here.mode("key.pub") == 0644);
    fs::permissions(here.at("key"), fs::perms::all);
    CHECK(here.keygen({"--force", "key"}, "umask " + mask).code == 0);
    CHECK(here.mode("key") == 0600);
    CHECK(here.mode("key.pub") == 0644);
  }
}

TEST_CASE("keygen replaces with --force only") {
  for (const std::string there : {"key", "key.pub"}) {
    INFO(there);
    const bed here;
    write_all(here.at(there), "precious");
    const auto before = here.files();
    const auto refused = here.keygen({"key"});
    CHECK(refused.code == 1);
    CHECK(refused.out.empty());
    CHECK_THAT(refused.err, Catch::StartsWith("zmqrt: " + there)
                              && Catch::Contains("--force"));
    CHECK(here.files() == before);
    const auto forced = here.keygen({"key", "--force"});
    CHECK(forced.code == 0);
    CHECK(here.files().size() == 2);
    CHECK(here.files().at("key.pub") == forced.out);
    CHECK(here.keygen({"--public", "key"}).out == forced.out);
  }
}

TEST_CASE("keygen --force replaces a link, not what it leads to") {
  const bed here;
  write_all(here.at("precious"), "precious");
  fs::create_symlink("precious", here.at("key"));
  CHECK(here.keygen({"key"}).code == 1);
  CHECK(here.keygen({"--force", "key"}).code == 0);
  CHECK(here.files().at("precious") == "precious");
  CHECK(fs::is_regular_file(fs::symlink_status(here.at("key"))));
}

TEST_CASE("keygen that fails leaves everything as it was") {
  const bed here;
  CHECK(here.keygen({"key"}).code == 0);
  fs::create_directory(here.at("folder"));
  fs::create_directory(here.at("half.pub"));
  const auto before = here.files();
  // No file may grow: writing fails, as on a full disk.
  const std::string full = "exec >&- 2>&- && trap '' XFSZ && ulimit -f 0";
  CHECK(here.keygen({"new"}, full).code == 1);
  CHECK(here.keygen({"--force", "key"}, full).code == 1);
  for (const std::string name : {"folder", "half", "none/key", "key/key"}) {
    INFO(name);
    const auto failed = here.keygen({"--force", name});
    CHECK(failed.code == 1);
    CHECK(failed.out.empty());
    CHECK_THAT(failed.err, Catch::StartsWith("zmqrt: " + name));
  }
  CHECK(here.files() == before);
}

TEST_CASE("keygen prints a secret key with --stdout only") {
  const bed here;
  const auto refused = here.keygen({});
  CHECK(refused.code == 1);
  CHECK(refused.out.empty());
  CHECK_THAT(refused.err,
             Catch::Contains("FILE") && Catch::Contains("--stdout"));
  for (const std::string format : {"z85", "hex"}) {
    const auto printed = here.keygen({"--stdout", "--format", format});
    CHECK(printed.code == 0);
    const std::size_t size = format == "hex" ? 64 : 40;
    REQUIRE(printed.out.size() == 2 * (sizeof "public" + size + 1));
    const auto text = printed.out.substr(printed.out.find("secret ") + 7, size);
    const auto secret = format == "hex" ? from_hex(text) : from_z85(text);
    CHECK(printed.out
          == "public " + written(public_of(secret), format) + "secret "
               + written(secret, format));
  }
  CHECK(here.files().empty());
}

TEST_CASE("keygen refuses what does not go together") {
  const bed here;
  for (const std::vector<std::string>& wrong :
       {std::vector<std::string>{"--stdout", "key"},
        {"--stdout", "--force"},
        {"--stdout", "--format", "raw"},
        {"--stdout", "--public", "key"},
        {"--public", "key", "key"},
        {"--public", "key", "--force"},
        {"--format", "pem", "key"},
        {"key", "another"},
        {"--force"}}) {
    const auto refused = here.keygen(wrong);
    CHECK(refused.code != 0);
    CHECK(refused.out.empty());
    CHECK(!refused.err.empty());
  }
  CHECK(here.files().empty());
}
