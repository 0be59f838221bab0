// SPDX-License-Identifier: Apache-2.0
// RecordingVfs: a VFS of SQLite that remembers what each file would hold after a power failure.
//
// It passes everything but syncs on to the system's VFS and keeps, for each file, the bytes of its last
// sync and the writes since. A power failure keeps any of those writes, in any order, whole or
// torn between two sectors of its own; `after_power_failure` makes one such outcome.
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace parley::sqlite::test {

/// What a file holds for certain, and what it may hold besides.
struct FileHistory {
  struct Write {
    std::int64_t offset;
    std::string bytes;
    bool is_truncation = false;  // to `offset` bytes
  };
  std::string synced;
  std::vector<Write> since;  // in the order they were made
  bool is_synced_once = false;
};

using Disk = std::map<std::string, FileHistory>;  // by path

/// One outcome of a power failure: path -> bytes; a file that was never synced may be gone.
std::map<std::string, std::string> after_power_failure(const Disk& disk, std::minstd_rand& random);

/// Process-wide while it lives: every connection opened without naming a VFS goes through it.
/// Thread rule: made and destroyed while no connection is open; otherwise any.
class RecordingVfs {
 public:
  enum class Syncs { kept, ignored };  // ignored: told done, and nothing became durable
  explicit RecordingVfs(Syncs syncs);
  ~RecordingVfs();
  RecordingVfs(const RecordingVfs&) = delete;
  RecordingVfs& operator=(const RecordingVfs&) = delete;

  /// Begins to record; what files hold now counts as synced.
  void watch(const std::string& path);
  /// At the `writes`-th write or sync from now `look` is called with the disk, once, while nothing
  /// else is written.
  void at(std::int64_t writes, std::function<void(const Disk&)> look);

  enum class Operation : std::uint8_t { read, write, sync };
  enum class Place : std::uint8_t { anywhere, database, log };
  /// The `turn`-th operation of this kind from now fails with SQLite's `code`, and when `lasts` all
  /// after it; a code of 0 ends that.
  void fail(Operation operation, std::int64_t turn, int code, bool lasts, Place place = Place::anywhere);
  /// From now on a sync takes so much longer.
  void slow_down(std::chrono::milliseconds a_sync);
  /// Whether that turn came.
  bool has_failed() const;

  struct State;

 private:
  std::unique_ptr<State> state_;
};

}  // namespace parley::sqlite::test
