// SPDX-License-Identifier: Apache-2.0
// vcs.pull: brings a mirror up to date with its remote, by the program git or hg.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <mutex>
#include <set>

#include "parley/modules/vcs/process.hpp"
#include "parley/modules/vcs/remote.hpp"
#include "parley/modules/vcs/vcs.hpp"

namespace parley::modules::vcs {
namespace {

namespace fs = std::filesystem;
using Words = std::vector<std::string>;

constexpr std::size_t pulls_max = 8;                    // at once; more wait
constexpr std::size_t waiting_max = 16;                 // more are refused: each keeps its transaction
constexpr std::int64_t file_bytes_max = std::int64_t{8} << 30;
constexpr auto look_again = std::chrono::milliseconds(20);

/// Who is pulling what. Any thread.
class Pulls {
 public:
  bool take(const std::string& place) {
    std::lock_guard lock(mutex_);
    return places_.size() < pulls_max && places_.insert(place).second;
  }
  bool begin_to_wait() {
    std::lock_guard lock(mutex_);
    return waiting_ < waiting_max && ++waiting_ > 0;
  }
  void end_to_wait() {
    std::lock_guard lock(mutex_);
    --waiting_;
  }
  void give_back(const std::string& place) {
    std::lock_guard lock(mutex_);
    places_.erase(place);
  }

 private:
  std::mutex mutex_;
  std::set<std::string> places_;
  std::size_t waiting_ = 0;
};

/// One's turn with a repository; over with its owner.
class Turn {
 public:
  Turn(Pulls& of, const std::string& place) : of_(of), place_(place) {}
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  ~Turn() {
    if (is_mine_) of_.give_back(place_);
  }
  Result<void> wait(Deadline deadline) {
    if ((is_mine_ = of_.take(place_))) return {};
    if (!of_.begin_to_wait()) return Error(Code::overloaded, "too many pulls wait for their turn");
    auto waited = wait_for_turn(deadline);
    of_.end_to_wait();
    return waited;
  }

 private:
  Result<void> wait_for_turn(Deadline deadline) {
    while (!(is_mine_ = of_.take(place_))) {
      if (std::chrono::steady_clock::now() >= deadline) return Error(Code::timeout, "another pull is still under way");
      if (this_waiter().sleep(std::chrono::steady_clock::now() + look_again) == Waited::cancelled)
        return Error(Code::cancelled, "the request was given up");
    }
    return {};
  }

  Pulls& of_;
  const std::string& place_;
  bool is_mine_ = false;
};

/// What every program gets: nothing of the server's own environment.
Words environment_of(const std::string& folder) {
  return {"PATH=/usr/local/bin:/usr/bin:/bin", "HOME=" + folder, "LC_ALL=C.UTF-8"};
}

/// `words` run to their end.
/// fails:   unavailable when the program says that it failed, with its last words
Result<std::string> run(Words words, Words environment, Deadline deadline) {
  const std::string name = words.front();
  PARLEY_TRY(Ended ended, run_program({std::move(words), std::move(environment), file_bytes_max}, deadline));
  if (ended.status == 0) return std::move(ended.output);
  for (char& c : ended.output)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  return Error(Code::unavailable, name + " ended with " + std::to_string(ended.status) + ": " + ended.output);
}

/// The addresses of a host, looked up by a program: libc's own look-up would block this thread.
Result<Words> addresses_of(const Remote& remote, const std::string& folder, Deadline deadline) {
  if (remote.has_address()) return Words{remote.host};
  PARLEY_TRY(std::string lines, run({"getent", "ahosts", remote.host}, environment_of(folder), deadline));
  Words out;
  for (std::string_view rest = lines; !rest.empty();) {
    std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    std::string address(line.substr(0, line.find(' ')));
    if (!address.empty() && std::ranges::find(out, address) == out.end()) out.push_back(std::move(address));
  }
  return out;
}

/// A remote whose addresses were looked at, and where its mirror is.
struct Job {
  Remote remote;
  Words addresses;
  std::string folder, place;  // of all repositories; of this one
  Deadline deadline;

  /// As known_hosts has it.
  std::string known_name() const {
    constexpr int usual_port = 22;
    const bool is_usual = remote.port == 0 || remote.port == usual_port;
    return is_usual ? remote.host : "'[" + remote.host + "]:" + std::to_string(remote.port) + "'";
  }
  bool is_named() const { return !remote.has_address() && !addresses.empty(); }
  /// Asks nobody anything, and connects to the address that was looked at.
  std::string ssh() const {
    std::string command = "ssh -oBatchMode=yes -oControlMaster=no -oControlPath=none -oConnectTimeout=10";
    if (is_named()) command += " -oHostName=" + addresses.front() + " -oHostKeyAlias=" + known_name();
    return command;
  }
};

/// Removes the files below `folder` that a git which was ended left there: locks and half packs.
void remove_leftovers(const fs::path& folder, int levels) {
  std::error_code failed;
  for (fs::directory_iterator at(folder, failed), end; !failed && at != end; at.increment(failed)) {
    std::error_code ignored;
    const std::string name = at->path().filename().string();
    if (at->is_directory(ignored) && !at->is_symlink(ignored)) {
      if (levels > 0) remove_leftovers(at->path(), levels - 1);
    } else if (name.ends_with(".lock") || name.starts_with("tmp_pack_") || name.starts_with("tmp_idx_") ||
               name.starts_with("tmp_obj_") || name.starts_with("tmp_rev_")) {
      fs::remove(at->path(), ignored);
    }
  }
}

/// Nobody else works here: one pull a repository.
void remove_git_leftovers(const std::string& place) {
  constexpr int refs_levels = 20;
  remove_leftovers(place, 0);
  remove_leftovers(place + "/refs", refs_levels);
  remove_leftovers(place + "/objects", 1);
}

Words git_words() {
  return {"git", "-c", "core.hooksPath=/dev/null", "-c", "gc.auto=0", "-c", "maintenance.auto=false", "-c",
          "http.followRedirects=false", "-c", "credential.helper=", "-c", "init.defaultBranch=main"};
}

void append(Words& words, std::initializer_list<std::string> more) { words.insert(words.end(), more); }

/// "name:443:192.0.2.1,[2001:db8::1]", which keeps curl from asking for the name again.
std::string curl_resolve(const Job& job) {
  const int port = job.remote.port != 0 ? job.remote.port : job.remote.scheme == "https" ? 443 : 80;
  std::string out = job.remote.host + ":" + std::to_string(port) + ":";
  for (const std::string& address : job.addresses) {
    if (out.back() != ':') out += ',';
    out += address.find(':') == address.npos ? address : "[" + address + "]";
  }
  return out;
}

Result<void> pull_git(const Job& job) {
  Words environment = environment_of(job.folder);
  append(environment, {"GIT_TERMINAL_PROMPT=0", "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null",
                       "GIT_ALLOW_PROTOCOL=http:https:ssh:git", "GIT_SSH_COMMAND=" + job.ssh()});
  Words words = git_words();
  std::string uri = job.remote.to_text();
  if (job.is_named() && job.remote.scheme.starts_with("http")) append(words, {"-c", "http.curloptResolve=" + curl_resolve(job)});
  if (job.is_named() && job.remote.scheme == "git") {
    const std::string port = job.remote.port == 0 ? "" : ":" + std::to_string(job.remote.port);
    append(environment, {"GIT_OVERRIDE_VIRTUAL_HOST=" + job.remote.host + port});
    uri = job.remote.to_text(job.addresses.front());
  }
  std::error_code ignored;
  if (!fs::exists(job.place + "/HEAD", ignored)) {
    Words init = git_words();
    append(init, {"init", "--quiet", "--bare", "--template=", "--", job.place});
    PARLEY_CHECK(run(std::move(init), environment, job.deadline));
  }
  remove_git_leftovers(job.place);
  append(words, {"-C", job.place, "fetch", "--quiet", "--prune", "--no-recurse-submodules", "--no-write-fetch-head", "--",
                 uri, "+refs/heads/*:refs/heads/*"});
  PARLEY_CHECK(run(std::move(words), std::move(environment), job.deadline));
  return {};
}

/// An extension of hg: the remote's host and no other is connected to, at the addresses that were
/// looked at. hg would ask for the name again, and follow redirects to anywhere.
constexpr std::string_view only_host = R"(import os, socket
ask = socket.getaddrinfo
def only(host, port, *rest, **more):
    name = host.decode() if isinstance(host, bytes) else host
    if name != os.environ["PARLEY_HOST"]:
        raise OSError("%s is not the host of the remote" % name)
    return [one for address in os.environ["PARLEY_ADDRESSES"].split(",") for one in ask(address, port, *rest, **more)]
socket.getaddrinfo = only
)";

Result<std::string> write_extension(const Job& job) {
  std::string path = job.place + ".py";
  std::ofstream file(path, std::ios::trunc);
  file << only_host;
  file.close();
  if (!file) return Error(Code::unavailable, path + " cannot be written");
  return path;
}

std::string joined(const Words& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : ",") + word;
  return out;
}

Result<void> pull_hg(const Job& job) {
  PARLEY_TRY(std::string extension, write_extension(job));
  Words environment = environment_of(job.folder);
  append(environment, {"HGRCPATH=", "HGPLAIN=1", "HGENCODING=UTF-8", "PYTHONDONTWRITEBYTECODE=1", "PARLEY_HOST=" + job.remote.host,
                       "PARLEY_ADDRESSES=" + joined(job.addresses)});
  std::error_code ignored;
  if (!fs::exists(job.place + "/.hg", ignored))
    PARLEY_CHECK(run({"hg", "init", "--", job.place}, environment, job.deadline));
  const Words here{"hg", "--noninteractive", "--quiet", "-R", job.place};
  if (fs::exists(job.place + "/.hg/store/journal", ignored)) {  // a pull that was ended
    Words recover = here;
    append(recover, {"recover"});
    PARLEY_CHECK(run(std::move(recover), environment, job.deadline));
  }
  Words words = here;
  append(words, {"--config", "ui.ssh=" + job.ssh(), "--config", "ui.timeout=10", "--config", "ui.clonebundles=no", "--config",
                 "extensions.only_host=" + extension,
                 "--config", "extensions.only_host:required=yes", "pull", "--", job.remote.to_text()});
  PARLEY_CHECK(run(std::move(words), std::move(environment), job.deadline));
  return {};
}

class Puller {
 public:
  explicit Puller(VcsOptions options) : options_(std::move(options)) {}

  Result<std::string> pull(Env& env, const Value& named) {
    PARLEY_CHECK(require_admin(env));
    PARLEY_TRY(std::optional<Value> row,
               find_named(env, "vcs.repository", "name", named, {"name", "repo_type", "clone_uri"}));
    if (!row) return refusal("Unknown repo \"" + shown(named) + "\"");
    const std::string name(text_member(*row, "name"));
    auto done = fetch(env, *row);
    if (done) return "Pulled from " + name;
    return refusal("Unable to pull changes from \"" + name + "\"").with_cause("pull of " + name + ": " + done.error().message);
  }

 private:
  Result<void> fetch(Env& env, const Value& row) {
    if (options_.folder.empty()) return Error(Code::unavailable, "this server keeps no repositories");
    std::string_view uri = text_member(row, "clone_uri");
    if (uri.empty()) return Error(Code::rejected, "it has no remote");
    PARLEY_TRY(Remote remote, parse_remote(uri));
    const bool is_git = text_member(row, "repo_type") == "git";
    if (!is_git && remote.scheme == "git") return Error(Code::rejected, "git:// is no remote of a Mercurial repository");
    const Deadline deadline = std::min(env.context().deadline, deadline_in(std::chrono::milliseconds(options_.pull_ms)));
    PARLEY_TRY(std::string folder, folder_of(env.context().database));
    Job job{std::move(remote), {}, folder, folder + "/" + std::to_string(id_member(row, "id")) + (is_git ? ".git" : ".hg"),
            deadline};
    Turn turn(pulls_, job.place);
    PARLEY_CHECK(turn.wait(deadline));
    PARLEY_TRY(job.addresses, addresses_of(job.remote, folder, deadline));
    PARLEY_CHECK(check_host(job.remote.host, job.addresses, options_.private_hosts));
    return is_git ? pull_git(job) : pull_hg(job);
  }

  /// <data>/repos/<database>, absolute, for nobody else's eyes.
  Result<std::string> folder_of(std::string_view database) const {
    std::error_code failed;
    fs::path folder = fs::absolute(options_.folder, failed) / database;
    if (!failed) fs::create_directories(folder, failed);
    if (!failed) fs::permissions(folder, fs::perms::owner_all, failed);
    if (failed) return Error(Code::unavailable, "the folder of the repositories cannot be made: " + failed.message());
    return folder.string();
  }

  VcsOptions options_;
  Pulls pulls_;
};

}  // namespace

Result<void> add_pull(Catalog& catalog, const VcsOptions& options) {
  auto puller = std::make_shared<Puller>(options);  // shared by the copies of the method's body
  return catalog.add_function(
      module_name,
      bind_function("vcs.pull", [puller](Env& env, const Value& repo) { return puller->pull(env, repo); },
                    doc("Fetches what is new at the remote of a repository. A second pull of it waits for the first."),
                    arg("repo", "Its name, or its number."), effect::read));
}

}  // namespace parley::modules::vcs
