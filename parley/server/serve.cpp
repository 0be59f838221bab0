// SPDX-License-Identifier: Apache-2.0
#include "parley/server/serve.hpp"

#include <cstdio>

#include "parley/http/gzip.hpp"
#include "parley/protocol/refusal.hpp"

namespace parley::server {
namespace {

constexpr std::size_t arenas_max = 64;
constexpr std::size_t arena_kept_bytes_max = 1 << 20;

/// Adds what belongs to the server and not to a protocol: Retry-After, Server-Timing.
class Answering final : public http::Writer {
 public:
  Answering(http::Writer& inner, const Calls* const& calls, bool tells_time)
      : inner_(inner), calls_(calls), tells_time_(tells_time) {}
  void start(int status, std::string_view content_type) override {
    inner_.start(status, content_type);
    if (status == 429 && calls_ != nullptr && !calls_->retry_after().empty()) inner_.header("Retry-After", calls_->retry_after());
    if (status == 503) inner_.header("Retry-After", "1");
    if (!tells_time_ || calls_ == nullptr) return;
    const Stages& stages = calls_->stages();
    char text[160];
    std::snprintf(text, sizeof text, "auth;dur=%.3f, begin;dur=%.3f, run;dur=%.3f, commit;dur=%.3f",
                  static_cast<double>(stages.auth) / 1e3, static_cast<double>(stages.begin) / 1e3,
                  static_cast<double>(stages.run) / 1e3, static_cast<double>(stages.commit) / 1e3);
    inner_.header("Server-Timing", text);
  }
  void header(std::string_view name, std::string_view value) override { inner_.header(name, value); }
  Output& body() override { return inner_.body(); }
  bool abandon() override { return inner_.abandon(); }

 private:
  http::Writer& inner_;
  const Calls* const& calls_;
  bool tells_time_;
};

}  // namespace

/// An arena for one exchange; goes back to rest, emptied.
class Dispatcher::LentArena {
 public:
  explicit LentArena(Dispatcher& from) : from_(from) {
    std::lock_guard lock(from_.mutex_);
    if (from_.arenas_.empty()) return;
    arena_ = std::move(from_.arenas_.back());
    from_.arenas_.pop_back();
  }
  LentArena(const LentArena&) = delete;
  LentArena& operator=(const LentArena&) = delete;
  ~LentArena() {
    if (arena_ == nullptr || arena_->reserved_bytes() > arena_kept_bytes_max) return;
    arena_->reset();
    std::lock_guard lock(from_.mutex_);
    if (from_.arenas_.size() < arenas_max) from_.arenas_.push_back(std::move(arena_));
  }
  Arena& get() {
    if (arena_ == nullptr) arena_ = std::make_unique<Arena>();
    return *arena_;
  }

 private:
  Dispatcher& from_;
  std::unique_ptr<Arena> arena_;
};

Result<std::unique_ptr<Dispatcher>> Dispatcher::make(const Parts& parts, const ProtocolSettings& settings, Pages pages) {
  std::unique_ptr<Dispatcher> out(new Dispatcher(parts));
  out->protocols_ = make_protocols(settings);
  PARLEY_TRY(out->router_, Router::build(out->protocols_));
  out->pages_ = std::move(pages);
  PARLEY_TRY(out->proxies_, Proxies::parse(parts.settings.trusted_proxies));
  out->process_id_ = random_token(32);
  return out;
}

std::string Dispatcher::next_request_id() {
  return process_id_ + "-" + std::to_string(requests_.fetch_add(1, std::memory_order_relaxed));
}

void Dispatcher::answer(const http::Request& request, http::Writer& to) {
  if (proxies_.are_none()) return answer_directly(request, to);
  answer_directly(proxies_.seen_through(request), to);
}

void Dispatcher::answer_directly(const http::Request& request, http::Writer& to) {
  const std::size_t gzip_bytes_min = parts_.settings.limits.gzip_bytes_min;
  if (gzip_bytes_min == 0 || !http::accepts_gzip(request)) return answer_plain(request, to);
  http::GzipWriter compressing(to, gzip_bytes_min);
  answer_plain(request, compressing);
  compressing.finish();
}

void Dispatcher::refuse(const http::Request& request, const Error& error, http::Writer& to) {
  const Calls* served = nullptr;
  Answering writer(to, served, false);
  auto route = router_.find(request.path, request.method);
  const bool is_call = route && route->allow.empty() && !Pages::has(request.path);
  const std::string request_id = next_request_id();
  CallLine line{.request_id = request_id, .protocol = is_call ? route->protocol->name() : std::string_view("http")};
  line.error = &error;
  parts_.log.call(line);
  if (is_call) return route->protocol->refuse(request, *route->mount, error, writer);
  writer.start(refusal_status(error), "text/plain; charset=utf-8");
  writer.body().put(error.message);
  writer.body().put('\n');
}

void Dispatcher::answer_plain(const http::Request& request, http::Writer& to) {
  const Calls* served = nullptr;
  Answering writer(to, served, parts_.settings.debug);

  // 1. Which protocol the path belongs to.
  if (Pages::has(request.path)) return pages_.answer(request, Error(Code::not_found, {}), protocols_, writer);
  auto route = router_.find(request.path, request.method);
  if (!route) return pages_.answer(request, route.error(), protocols_, writer);
  if (!route->allow.empty()) return pages_.refuse_verb(route->allow, writer);
  const Protocol& protocol = *route->protocol;

  // 2. What the request asks for.
  std::string request_id = next_request_id();
  LentArena arena(*this);
  const Limits& limits = parts_.settings.limits;
  auto exchange = protocol.read(request, {.arena = arena.get(), .limits = limits, .mount = *route->mount});
  if (!exchange) {
    CallLine line{.request_id = request_id, .protocol = protocol.name(), .bytes = request.body.size()};
    line.error = &exchange.error();
    parts_.log.call(line);
    return protocol.refuse(request, *route->mount, exchange.error(), writer);
  }

  // 3. The calls run as the protocol asks for their outcomes, and writes them.
  Calls calls(parts_, request, protocol.name(), **exchange, arena.get(), request_id);
  served = &calls;
  protocol.write(**exchange, calls, writer);
}

}  // namespace parley::server
