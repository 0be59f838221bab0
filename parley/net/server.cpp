// SPDX-License-Identifier: Apache-2.0
#include "parley/net/server.hpp"

#include <thread>
#include <vector>

#include "parley/net/shard.hpp"

namespace parley::net {

struct Server::State {
  Shared shared;
  std::vector<std::thread> threads;
  std::uint16_t port = 0;

  void tell(void (Shard::*what)()) {
    for (const auto& shard : shared.shards) shard->loop.post([one = shard.get(), what] { (one->*what)(); });
  }
};

Server::Server(Options options) : state_(std::make_unique<State>()) {
  state_->shared.options = std::move(options);
  Options& own = state_->shared.options;
  if (own.threads == 0) own.threads = std::max(1u, std::thread::hardware_concurrency());
}

Server::~Server() { stop(); }

Result<void> Server::start() {
  Shared& shared = state_->shared;
  state_->port = shared.options.port;
  // Several sockets on one port would also let a second server in unnoticed: a socket that
  // does not share finds out whether the port is taken.
  if (shared.options.threads > 1 && shared.options.port != 0) {
    Shared probe;
    probe.options.host = shared.options.host;
    probe.options.threads = 1;
    Shard shard(probe);
    PARLEY_CHECK(shard.listen(state_->port));
  }
  for (unsigned i = 0; i < shared.options.threads; ++i) {
    auto shard = std::make_unique<Shard>(shared);
    if (auto listening = shard->listen(state_->port); !listening) {
      shared.shards.clear();
      return std::move(listening).error();
    }
    shared.shards.push_back(std::move(shard));
  }
  for (const auto& shard : shared.shards) state_->threads.emplace_back([one = shard.get()] { one->run(); });
  return {};
}

std::uint16_t Server::port() const { return state_->port; }

void Server::stop_accepting() { state_->tell(&Shard::stop_accepting); }

bool Server::drain(Deadline deadline) {
  Shared& shared = state_->shared;
  shared.is_draining = true;
  state_->tell(&Shard::drain);
  std::unique_lock lock(shared.mutex);
  auto is_empty = [&shared] { return shared.connections == 0; };
  if (deadline != no_deadline) return shared.emptied.wait_until(lock, deadline, is_empty);
  shared.emptied.wait(lock, is_empty);
  return true;
}

void Server::stop() {
  if (state_->threads.empty()) return;
  state_->tell(&Shard::stop);
  for (std::thread& thread : state_->threads) thread.join();
  state_->threads.clear();
}

Stats Server::stats() const {
  Stats sum;
  sum.connections = state_->shared.connections;
  sum.large_bytes = state_->shared.large_bytes;
  for (const auto& shard : state_->shared.shards) {
    const Counters& counters = shard->counters;
    sum.accepted += counters.accepted.get();
    sum.refused += counters.refused.get();
    sum.handed_over += counters.handed_over.get();
    sum.requests += counters.requests.get();
    sum.bad_requests += counters.bad_requests.get();
    sum.timeouts += counters.timeouts.get();
    sum.gone_clients += counters.gone_clients.get();
    sum.overloads += counters.overloads.get();
  }
  return sum;
}

}  // namespace parley::net
