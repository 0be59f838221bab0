// SPDX-License-Identifier: Apache-2.0
// What one loop's thread owns: its acceptor, its connections, its tasks and its coarse clock.
#pragma once
#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "parley/net/buffer.hpp"
#include "parley/net/connection.hpp"
#include "parley/net/loop_core.hpp"
#include "parley/net/server.hpp"
#include "parley/net/tasks.hpp"

namespace parley::net {

class Shard;

/// What all shards of a server share. Immutable, or atomic, or under its mutex.
struct Shared {
  Options options;
  std::vector<std::unique_ptr<Shard>> shards;
  std::atomic<std::size_t> connections = 0;
  std::atomic<std::size_t> large_bytes = 0;  // of input buffers beyond their usual size
  std::atomic<bool> is_draining = false;
  std::mutex mutex;
  std::condition_variable emptied;  // connections became 0 while draining

  void log(std::string_view line) const {
    if (options.on_log) options.on_log(line);
  }
};

/// Written by its own thread only, read by any: no locked instruction is needed.
class Counter {
 public:
  void add() { value_.store(value_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed); }
  std::uint64_t get() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_ = 0;
};

struct Counters {
  Counter accepted, refused, handed_over, requests, bad_requests, timeouts, gone_clients, overloads;
};

/// Thread rule: its loop's thread, but for `loop`, `load` and `counters`.
class Shard {
 public:
  explicit Shard(Shared& shared);
  ~Shard();

  /// Before the thread starts; `port` 0 is replaced by the one bound.
  Result<void> listen(std::uint16_t& port);
  void run();
  void stop_accepting();
  void drain();
  void stop();

  void adopt(int fd, std::string peer);
  void remove(Connection& connection);
  /// Milliseconds, monotonic, as of the last sweep.
  std::int64_t now_ms() const { return now_ms_; }
  std::string_view date() const { return date_; }
  bool is_closing() const { return shared.is_draining.load(std::memory_order_relaxed) || is_stopping_; }

  Shared& shared;
  Loop loop;
  Tasks tasks;
  BufferPool buffers;
  std::vector<std::unique_ptr<SocketWriter>> idle_writers;
  Counters counters;
  std::atomic<std::size_t> load = 0;  // connections, those on their way here included

 private:
  void wait_for_client();
  void accept_all();
  void place(int fd, std::string peer);
  void refuse(int fd);
  void sweep();
  void refresh_certificates();
  void wait_for_sweep();
  void end_if_empty();

  Acceptor acceptor_;
  Timer timer_;
  std::vector<std::unique_ptr<Connection>> connections_;
  std::int64_t now_ms_ = 0;
  std::time_t date_seconds_ = 0;
  std::string date_;
  bool is_stopping_ = false;
  bool is_out_of_files_ = false;
};

}  // namespace parley::net
