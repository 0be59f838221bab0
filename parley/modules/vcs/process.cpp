// SPDX-License-Identifier: Apache-2.0
#include "parley/modules/vcs/process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace parley::modules::vcs {
namespace {

constexpr std::size_t output_bytes_kept = 4096;
constexpr auto poll_time = std::chrono::milliseconds(5);
constexpr auto grace_time = std::chrono::milliseconds(1000);  // between asking to end and ending

class Pipe {
 public:
  Pipe() = default;
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    close_writer();
    if (ends_[0] >= 0) close(ends_[0]);
  }
  bool open() { return pipe2(ends_, O_CLOEXEC) == 0 && fcntl(ends_[0], F_SETFL, O_NONBLOCK) == 0; }
  int reader() const { return ends_[0]; }
  int writer() const { return ends_[1]; }
  void close_writer() {
    if (ends_[1] >= 0) close(ends_[1]);
    ends_[1] = -1;
  }

 private:
  int ends_[2] = {-1, -1};
};

/// What posix_spawn is told. The server blocks and ignores signals that a program must get, and
/// holds sockets that it must not.
class SpawnPlan {
 public:
  explicit SpawnPlan(int output) {
    posix_spawn_file_actions_init(&files_);
    posix_spawn_file_actions_addopen(&files_, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&files_, output, 1);
    posix_spawn_file_actions_adddup2(&files_, output, 2);
    posix_spawn_file_actions_addclosefrom_np(&files_, 3);
    posix_spawnattr_init(&attributes_);
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setsigdefault(&attributes_, &all);
    posix_spawnattr_setpgroup(&attributes_, 0);
    posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;
  ~SpawnPlan() {
    posix_spawn_file_actions_destroy(&files_);
    posix_spawnattr_destroy(&attributes_);
  }
  const posix_spawn_file_actions_t* files() const { return &files_; }
  const posix_spawnattr_t* attributes() const { return &attributes_; }

 private:
  posix_spawn_file_actions_t files_;
  posix_spawnattr_t attributes_;
};

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (const std::string& text : texts) out.push_back(const_cast<char*>(text.c_str()));
  out.push_back(nullptr);
  return out;
}

/// A process group of ours; none of it is left when its owner is gone.
class Child {
 public:
  explicit Child(pid_t id) : id_(id) {}
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    kill_group(SIGKILL);  // also what the program may have left behind
    // Ends at once: nothing catches this signal.
    while (waitpid(id_, nullptr, 0) < 0 && errno == EINTR) {
    }
  }

  /// The program stays a zombie until the destructor, so that its number is nobody else's.
  bool has_ended() {
    siginfo_t how{};
    if (waitid(P_PID, static_cast<id_t>(id_), &how, WEXITED | WNOHANG | WNOWAIT) != 0 || how.si_pid != id_) return false;
    status_ = how.si_code == CLD_EXITED ? how.si_status : 128 + how.si_status;
    return true;
  }
  int status() const { return status_; }
  void kill_group(int signal) const { kill(-id_, signal); }

 private:
  pid_t id_;
  int status_ = 0;
};

Error not_waited(Waited waited, const std::string& name) {
  if (waited == Waited::cancelled) return Error(Code::cancelled, name + ": the request was given up");
  return Error(Code::timeout, name + " did not end in time");
}

/// Reads until nobody writes any more, keeping the end.
Result<void> drain(int reader, std::string& kept, Deadline deadline, const std::string& name) {
  char buffer[4096];
  for (;;) {
    ssize_t count = read(reader, buffer, sizeof buffer);
    if (count == 0) return {};
    if (count > 0) {
      kept.append(buffer, static_cast<std::size_t>(count));
      if (kept.size() > output_bytes_kept) kept.erase(0, kept.size() - output_bytes_kept);
    } else if (errno == EAGAIN) {
      Waited waited = this_waiter().ready(reader, Readiness::readable, deadline);
      if (waited != Waited::done) return not_waited(waited, name);
    } else if (errno != EINTR) {
      return Error(Code::unavailable, name + ": its output cannot be read");
    }
  }
}

Result<void> await_end(Child& child, Deadline deadline, const std::string& name) {
  while (!child.has_ended()) {
    Deadline next = std::min(deadline, std::chrono::steady_clock::now() + poll_time);
    if (this_waiter().sleep(next) == Waited::cancelled) return not_waited(Waited::cancelled, name);
    if (std::chrono::steady_clock::now() >= deadline) return not_waited(Waited::timed_out, name);
  }
  return {};
}

}  // namespace

Result<Ended> run_program(const Program& program, Deadline deadline) {
  const std::string& name = program.words.front();
  Pipe pipe;
  if (!pipe.open()) return Error(Code::unavailable, name + ": no pipe: " + std::strerror(errno));
  SpawnPlan plan(pipe.writer());
  pid_t id = 0;
  int failed = posix_spawnp(&id, name.c_str(), plan.files(), plan.attributes(), pointers(program.words).data(),
                            pointers(program.environment).data());
  if (failed == ENOENT) return Error(Code::not_found, name + " is not installed");
  if (failed != 0) return Error(Code::unavailable, name + " cannot be started: " + std::strerror(failed));
  Child child(id);
  pipe.close_writer();
  if (program.file_bytes_max > 0) {
    const auto most = static_cast<rlim_t>(program.file_bytes_max);
    const rlimit limit{most, most};
    prlimit(id, RLIMIT_FSIZE, &limit, nullptr);
  }
  Ended ended;
  auto done = drain(pipe.reader(), ended.output, deadline, name);
  if (done) done = await_end(child, deadline, name);
  if (!done) {
    // Asked first, so that it takes its lock files away. A cancelled task cannot wait for that.
    child.kill_group(SIGTERM);
    (void)await_end(child, deadline_in(grace_time), name);
    return std::move(done).error();
  }
  ended.status = child.status();
  return ended;
}

}  // namespace parley::modules::vcs
