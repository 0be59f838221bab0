// SPDX-License-Identifier: Apache-2.0
// Serving: start, say so on one line, wait for a signal, finish what runs.
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <charconv>
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

std::string ready_line(Program& program, std::uint16_t port, bool has_default) {
  const std::string& host = program.settings().host;
  std::string shown = host.find(':') == host.npos ? host : "[" + host + "]";
  std::string names;
  for (const DatabaseUse& database : program.databases().in_order()) names += (names.empty() ? "" : ", ") + database->name();
  return std::string("listening on http") + (program.settings().tls_certificate.empty() ? "" : "s") + "://" + shown + ":" + std::to_string(port) + " (databases: " + names +
         (has_default ? "; admin / admin)" : ")");
}

/// Takes as many open files as the machine gives: each connection is one.
/// gives:   how many may be open
std::int64_t raise_file_limit() {
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0) return 0;
  files.rlim_cur = files.rlim_max;
  (void)setrlimit(RLIMIT_NOFILE, &files);
  (void)getrlimit(RLIMIT_NOFILE, &files);
  return static_cast<std::int64_t>(files.rlim_cur);
}

/// Says so when more connections may come than files may be open.
void warn_of_few_files(Program& program, std::int64_t files) {
  constexpr std::int64_t files_of_others = 200;  // databases, their readers and logs, listeners
  const auto connections = static_cast<std::int64_t>(program.settings().limits.connections_max);
  if (files >= connections + files_of_others) return;
  program.log().event(Level::warning, "net", "at most " + std::to_string(files) + " files may be open (ulimit -n) and connections-max is " +
                                                 std::to_string(connections) + ": some clients may have to wait");
}

Result<net::Options> net_options(Program& program) {
  const Settings& settings = program.settings();
  net::Options options;
  options.host = settings.host;
  options.port = static_cast<std::uint16_t>(settings.port);
  options.threads = static_cast<unsigned>(settings.threads);
  options.limits = settings.limits;
  options.refuser = [&dispatcher = program.dispatcher()](const http::Request& request, const Error& error, http::Writer& writer) {
    dispatcher.refuse(request, error, writer);
  };
  options.handler = [&dispatcher = program.dispatcher()](const http::Request& request, http::Writer& writer) {
    dispatcher.answer(request, writer);
  };
  options.on_log = [&log = program.log()](std::string_view text) { log.event(Level::warning, "net", text); };
  if (!settings.tls_certificate.empty()) {
    PARLEY_TRY(options.certificates, net::Certificates::load(settings.tls_certificate, settings.tls_key));
  }
  return options;
}

std::vector<Gauge> net_gauges(const net::Stats& stats) {
  auto number = [](std::uint64_t value) { return static_cast<double>(value); };
  return {{"parley_connections", "Open connections.", "", number(stats.connections)},
          {"parley_connections_accepted_total", "Connections taken.", "", number(stats.accepted), true},
          {"parley_connections_refused_total", "Connections refused for their number.", "", number(stats.refused), true},
          {"parley_requests_total", "Requests answered by a protocol or page.", "", number(stats.requests), true},
          {"parley_bad_requests_total", "Requests that were no HTTP, or over a limit.", "", number(stats.bad_requests), true},
          {"parley_timeouts_total", "Connections cut for being slow.", "", number(stats.timeouts), true},
          {"parley_overloads_total", "Bodies refused because all together were too many bytes.", "", number(stats.overloads), true},
          {"parley_gone_clients_total", "Clients that left while their request ran.", "", number(stats.gone_clients), true}};
}

/// "127.0.0.1:9469", "[::1]:9469"
Result<std::pair<std::string, std::uint16_t>> address_of(const std::string& text) {
  std::size_t colon = text.rfind(':');
  std::uint16_t port = 0;
  const char* end = text.data() + text.size();
  bool is_good = colon != text.npos && colon + 1 < text.size();
  if (is_good) {
    auto [stop, failed] = std::from_chars(text.data() + colon + 1, end, port);
    is_good = failed == std::errc{} && stop == end;
  }
  if (!is_good) return Error(Code::invalid_argument, "admin-listen: expected address:port, not '" + text + "'");
  std::string host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return std::pair(host, port);
}

/// Serves /metrics apart from everything else, so that who may see the one need not see the other.
Result<std::unique_ptr<net::Server>> serve_metrics(Program& program, const net::Server& watched) {
  const Settings& settings = program.settings();
  if (settings.admin_listen.empty()) return std::unique_ptr<net::Server>();
  PARLEY_TRY(auto address, address_of(settings.admin_listen));
  net::Options options;
  options.host = address.first;
  options.port = address.second;
  options.threads = 1;
  options.limits = settings.limits;
  options.limits.connections_max = 100;
  options.handler = [&program, &watched](const http::Request& request, http::Writer& writer) {
    if (request.path != "/metrics") {
      writer.start(404, "text/plain; charset=utf-8");
      return writer.body().put("only /metrics is served here\n");
    }
    writer.start(200, "text/plain; version=0.0.4; charset=utf-8");
    program.tell_metrics(net_gauges(watched.stats()), writer.body());
  };
  auto server = std::make_unique<net::Server>(std::move(options));
  PARLEY_CHECK(server->start());
  say_progress("metrics on http://" + settings.admin_listen.substr(0, settings.admin_listen.rfind(':')) + ":" +
               std::to_string(server->port()) + "/metrics");
  return server;
}

}  // namespace

Result<void> serve(Program& program) {
  // First of all: the stores' threads are made by `prepare` and must not take a signal either.
  EndSignals signals;
  warn_of_few_files(program, raise_file_limit());
  PARLEY_CHECK(program.prepare(say_progress));
  bool has_default = program.has_default_password();
  if (has_default && program.is_for_others())
    return Error(Code::rejected, "an administrator has the default password: " + program.settings().host +
                                     " is not served to other machines")
        .with_hint("change it with `parley user passwd admin`, or serve on 127.0.0.1");
  PARLEY_CHECK(program.make_dispatcher());
  PARLEY_TRY(net::Options options, net_options(program));
  net::Server server(std::move(options));
  PARLEY_CHECK(server.start());
  PARLEY_TRY(auto metrics, serve_metrics(program, server));
  say_progress(ready_line(program, server.port(), has_default));
  signals.wait();
  SecondSignal second(signals);
  server.stop_accepting();
  server.drain(deadline_in(std::chrono::milliseconds(program.settings().limits.drain_ms)));
  server.stop();
  return {};
}

}  // namespace parley::server
