// SPDX-License-Identifier: Apache-2.0
#include "parley/modules/vcs/process.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

namespace parley::modules::vcs {
namespace {

using namespace std::chrono_literals;

Result<Ended> shell(const std::string& script, Deadline deadline = deadline_in(20s), std::int64_t file_bytes_max = 0) {
  return run_program({{"sh", "-c", script}, {"PATH=/usr/bin:/bin", "ONLY=this"}, file_bytes_max}, deadline);
}

TEST_CASE("vcs: a program's exit code and the end of both its streams are told") {
  auto ended = shell("echo out; echo err >&2; exit 7");
  REQUIRE(ended);
  CHECK(ended->status == 7);
  CHECK(ended->output == "out\nerr\n");
  ended = shell("kill -9 $$");
  REQUIRE(ended);
  CHECK(ended->status == 128 + SIGKILL);
  ended = shell("i=0; while [ $i -lt 3000 ]; do echo line $i; i=$((i+1)); done");
  REQUIRE(ended);
  CHECK(ended->output.size() == 4096);
  CHECK(ended->output.ends_with("line 2999\n"));
}

TEST_CASE("vcs: a program gets its own environment, no input and no file of ours") {
  setenv("PARLEY_SECRET", "x", 1);
  int ours = open("/dev/null", O_RDONLY);  // not closed on exec, as sockets of libraries may be
  REQUIRE(ours > 2);
  auto ended = shell("echo \"$ONLY/$PARLEY_SECRET/$(cat)\"; ls /proc/self/fd | wc -l");
  close(ours);
  unsetenv("PARLEY_SECRET");
  REQUIRE(ended);
  CHECK(ended->output == "this//\n4\n");  // three streams, and the folder that ls reads
}

TEST_CASE("vcs: blocked and ignored signals of the server are a program's own again") {
  signal(SIGPIPE, SIG_IGN);
  sigset_t blocked, before;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGTERM);
  sigprocmask(SIG_BLOCK, &blocked, &before);
  auto piped = shell("kill -PIPE $$"), ended = shell("kill -TERM $$");
  sigprocmask(SIG_SETMASK, &before, nullptr);
  signal(SIGPIPE, SIG_DFL);
  REQUIRE(piped);
  CHECK(piped->status == 128 + SIGPIPE);
  REQUIRE(ended);
  CHECK(ended->status == 128 + SIGTERM);
}

TEST_CASE("vcs: a program that is not installed is not found") {
  auto ended = run_program({{"parley-no-such-program"}, {}}, deadline_in(5s));
  REQUIRE_FALSE(ended);
  CHECK(ended.error().code == Code::not_found);
}

TEST_CASE("vcs: what does not end in time is ended with all that it started") {
  auto start = std::chrono::steady_clock::now();
  auto ended = shell("trap '' TERM; sleep 60 & echo $$; sleep 60", deadline_in(200ms));
  REQUIRE_FALSE(ended);
  CHECK(ended.error().code == Code::timeout);
  CHECK(std::chrono::steady_clock::now() - start < 10s);
  ended = shell("sleep 60 > /dev/null 2>&1 & echo $!");  // writes nothing, and stays when the shell ends
  REQUIRE(ended);
  std::string status = "/proc/" + ended->output.substr(0, ended->output.size() - 1) + "/fd";
  auto is_running = [&] { return access(status.c_str(), R_OK) == 0; };
  for (int tries = 0; is_running() && tries < 100; ++tries) (void)this_waiter().sleep(deadline_in(20ms));
  CHECK_FALSE(is_running());
}

TEST_CASE("vcs: a program can write no file beyond its limit") {
  auto ended = shell("sleep 0.2; head -c 100000 /dev/zero > /tmp/parley-vcs-$$; echo $?; wc -c < /tmp/parley-vcs-$$; rm /tmp/parley-vcs-$$",
                     deadline_in(20s), 4096);
  REQUIRE(ended);
  CHECK(ended->output.find("4096\n") != std::string::npos);
}

}  // namespace
}  // namespace parley::modules::vcs
