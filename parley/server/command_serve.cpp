// SPDX-License-Identifier: Apache-2.0
// Serving: start, say so on one line, wait for a signal, finish what runs.
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <thread>

#include "parley/net/server.hpp"
#include "parley/server/commands.hpp"

namespace parley::server {
namespace {

/// SIGTERM and SIGINT, taken by waiting for them and never by a handler. Made before any other
/// thread, so that all have them blocked.
class EndSignals {
 public:
  EndSignals() {
    sigemptyset(&set_);
    sigaddset(&set_, SIGTERM);
    sigaddset(&set_, SIGINT);
    pthread_sigmask(SIG_BLOCK, &set_, nullptr);
    signal(SIGPIPE, SIG_IGN);
  }
  void wait() const {
    int number = 0;
    sigwait(&set_, &number);
  }
  bool has_come_within_ms(long ms) const {
    timespec time{ms / 1000, ms % 1000 * 1'000'000};
    return sigtimedwait(&set_, nullptr, &time) > 0;
  }

 private:
  sigset_t set_;
};

/// Ends the process at once when a second signal comes.
class SecondSignal {
 public:
  explicit SecondSignal(const EndSignals& signals) : thread_([this, &signals] {
    while (!is_over_)
      if (signals.has_come_within_ms(50)) _exit(exit_failure);
  }) {}
  ~SecondSignal() {
    is_over_ = true;
    thread_.join();
  }

 private:
  std::atomic<bool> is_over_ = false;
  std::thread thread_;
};

bool is_loopback(std::string_view host) { return host == "localhost" || host == "::1" || host.starts_with("127."); }

std::string ready_line(Program& program, std::uint16_t port, bool has_default) {
  const std::string& host = program.settings().host;
  std::string shown = host.find(':') == host.npos ? host : "[" + host + "]";
  std::string names;
  for (orm::Database* database : program.databases().in_order()) names += (names.empty() ? "" : ", ") + database->name();
  return "listening on http://" + shown + ":" + std::to_string(port) + " (databases: " + names +
         (has_default ? "; admin / admin)" : ")");
}

net::Options net_options(Program& program) {
  const Settings& settings = program.settings();
  net::Options options;
  options.host = settings.host;
  options.port = static_cast<std::uint16_t>(settings.port);
  options.threads = static_cast<unsigned>(settings.threads);
  options.limits = settings.limits;
  options.handler = [&dispatcher = program.dispatcher()](const http::Request& request, http::Writer& writer) {
    dispatcher.answer(request, writer);
  };
  options.on_log = [&log = program.log()](std::string_view text) { log.event(Level::warning, "net", text); };
  return options;
}

}  // namespace

Result<void> serve(Program& program) {
  // First of all: the stores' threads are made by `prepare` and must not take a signal either.
  EndSignals signals;
  PARLEY_CHECK(program.prepare(say_progress));
  bool has_default = program.has_default_password();
  if (has_default && !is_loopback(program.settings().host))
    return Error(Code::rejected, "an administrator has the default password: " + program.settings().host +
                                     " is not served to other machines")
        .with_hint("change it with `parley user passwd admin`, or serve on 127.0.0.1");
  PARLEY_CHECK(program.make_dispatcher());
  net::Server server(net_options(program));
  PARLEY_CHECK(server.start());
  say_progress(ready_line(program, server.port(), has_default));
  signals.wait();
  SecondSignal second(signals);
  server.stop_accepting();
  server.drain(deadline_in(std::chrono::milliseconds(program.settings().limits.drain_ms)));
  server.stop();
  return {};
}

}  // namespace parley::server
