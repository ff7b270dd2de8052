// SPDX-License-Identifier: MPL-2.0
//
// `zmqrt keygen`: options, and what each way of calling it does.

#include "tools/keygen/command.hpp"

#include <cerrno>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

#include <sys/stat.h>
#include <unistd.h>

#include <CLI/CLI.hpp>

#include "tools/keygen/key_text.hpp"
#include "tools/keygen/pending_file.hpp"
#include "zmqrt/curve.hpp"

namespace zmqrt::keygen {

namespace {

struct request {
  std::string file;
  std::string public_of;
  std::string format = "z85";
  bool to_stdout = false;
  bool force = false;
};

key_format format_of(const std::string& name) noexcept {
  if (name == "hex")
    return key_format::hex;
  return name == "raw" ? key_format::raw : key_format::z85;
}

/// Without stdio, whose buffer would keep a secret.
void print(std::string_view text) {
  while (!text.empty()) {
    const auto n = ::write(STDOUT_FILENO, text.data(), text.size());
    if (n < 0 && errno != EINTR)
      throw std::system_error(errno, std::generic_category(), "stdout");
    if (n > 0)
      text.remove_prefix(static_cast<std::size_t>(n));
  }
}

/// A clear word before there is a key. What decides is pending_file: there may
/// be a file a moment later.
void check_free(const std::string& path, bool force) {
  struct stat there {};
  if (::lstat(path.c_str(), &there) != 0)
    return;
  if (S_ISDIR(there.st_mode))
    throw std::system_error(EISDIR, std::generic_category(), path);
  if (!force)
    throw std::system_error(EEXIST, std::generic_category(),
                            path + ": is replaced with --force only");
}

/// The secret key's file comes last: until then, an older one is still there.
void write_pair(const request& asked) {
  const std::string public_path = asked.file + ".pub";
  check_free(asked.file, asked.force);
  check_free(public_path, asked.force);
  const auto pair = curve_keypair();
  const key_format format = format_of(asked.format);
  const key_text public_text(pair.public_key, format);
  pending_file secret_file(
    asked.file, key_text(pair.secret_key.octets(), format).view(), 0600);
  pending_file public_file(public_path, public_text.view(), 0644);
  if (asked.force) {
    public_file.replace();
    secret_file.replace();
  } else {
    public_file.publish();
    try {
      secret_file.publish();
    } catch (...) {
      public_file.withdraw();
      throw;
    }
  }
  sync_folder_of(asked.file);
  print(public_text.view());
}

void print_pair(key_format format) {
  if (format == key_format::raw)
    throw std::invalid_argument("--stdout: goes with z85 and hex");
  const auto pair = curve_keypair();
  print("public ");
  print(key_text(pair.public_key, format).view());
  print("secret ");
  print(key_text(pair.secret_key.octets(), format).view());
}

void print_public(const std::string& of, key_format format) {
  print(key_text(curve_public(read_secret_key(of)), format).view());
}

void run(const request& asked) {
  if (!asked.public_of.empty())
    print_public(asked.public_of, format_of(asked.format));
  else if (asked.to_stdout)
    print_pair(format_of(asked.format));
  else if (!asked.file.empty())
    write_pair(asked);
  else
    throw std::invalid_argument(
      "keygen: needs a FILE for the secret key, which is not printed but with "
      "--stdout");
}

} // namespace

void add_command(CLI::App& root) {
  auto* keygen = root.add_subcommand(
    "keygen", "make a pair of CURVE keys: FILE, FILE.pub, and the public key "
              "on stdout");
  // The callback outlives this function.
  const auto asked = std::make_shared<request>();
  auto* file = keygen->add_option(
    "FILE", asked->file, "where the secret key goes, for its owner only");
  keygen
    ->add_option("--format", asked->format,
                 "how keys are written: z85, hex, raw (32 octets)")
    ->check(CLI::IsMember({"z85", "hex", "raw"}))
    ->capture_default_str();
  auto* force =
    keygen->add_flag("--force", asked->force, "replace FILE and FILE.pub");
  auto* to_stdout =
    keygen
      ->add_flag("--stdout", asked->to_stdout,
                 "print both keys, the secret one too, and write no file")
      ->excludes(file)
      ->excludes(force);
  keygen
    ->add_option("--public", asked->public_of,
                 "print the public key of this secret key's file")
    ->type_name("FILE")
    ->excludes(file)
    ->excludes(force)
    ->excludes(to_stdout);
  keygen->callback([asked] { run(*asked); });
}

} // namespace zmqrt::keygen
