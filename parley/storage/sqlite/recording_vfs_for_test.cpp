// SPDX-License-Identifier: Apache-2.0
#include "parley/storage/sqlite/recording_vfs_for_test.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <fstream>
#include <mutex>
#include <sstream>
#include <thread>

namespace parley::sqlite::test {

struct RecordingVfs::State {
  sqlite3_vfs vfs{};
  sqlite3_vfs* system = nullptr;
  Syncs syncs = Syncs::kept;
  std::mutex mutex;
  Disk disk;
  std::int64_t left = 0;  // writes until `look`
  std::function<void(const Disk&)> look;
  Operation failing = Operation::read;
  std::int64_t turns = 0;  // until one fails; 0 = it came
  int code = SQLITE_OK;
  bool lasts = false, has_failed = false;
  Place place = Place::anywhere;
  std::atomic<std::chrono::milliseconds> a_sync{};  // takes so much longer

  /// What `operation` is to fail with, or SQLITE_OK. With the mutex held.
  int failure_of(Operation operation, bool is_log) {
    if (code == SQLITE_OK || operation != failing || (turns == 0 && !lasts)) return SQLITE_OK;
    if (place != Place::anywhere && (place == Place::log) != is_log) return SQLITE_OK;
    if (turns > 0 && --turns > 0) return SQLITE_OK;
    has_failed = true;
    return code;
  }

  /// With the mutex held, after each write and sync.
  void count() {
    if (!look || --left > 0) return;
    auto looking = std::move(look);
    look = nullptr;
    looking(disk);
  }
};

namespace {

constexpr std::int64_t sector_bytes = 512;

using State = RecordingVfs::State;

/// What SQLite keeps of an open file: ours in front, the system's behind it.
struct File {
  sqlite3_file base;
  State* state;
  bool is_log;
  FileHistory* history;  // null for files that are not watched (the shared memory's, temporary ones)
  sqlite3_file* system() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

File& ours(sqlite3_file* file) { return *reinterpret_cast<File*>(file); }
sqlite3_file* behind(sqlite3_file* file) { return ours(file).system(); }
const sqlite3_io_methods& methods(sqlite3_file* file) { return *behind(file)->pMethods; }

void apply(const FileHistory::Write& write, std::string& bytes) {
  auto offset = static_cast<std::size_t>(write.offset);
  if (write.is_truncation) return bytes.resize(offset);
  if (bytes.size() < offset + write.bytes.size()) bytes.resize(offset + write.bytes.size());
  std::memcpy(bytes.data() + offset, write.bytes.data(), write.bytes.size());
}

int close(sqlite3_file* file) { return methods(file).xClose(behind(file)); }
int read(sqlite3_file* file, void* to, int bytes, sqlite3_int64 at) {
  if (File& own = ours(file); own.history != nullptr) {
    std::lock_guard lock(own.state->mutex);
    if (int code = own.state->failure_of(RecordingVfs::Operation::read, own.is_log); code != SQLITE_OK) return code;
  }
  return methods(file).xRead(behind(file), to, bytes, at);
}

int record(sqlite3_file* file, FileHistory::Write write, const std::function<int()>& pass_on) {
  File& own = ours(file);
  if (own.history == nullptr) return pass_on();
  std::lock_guard lock(own.state->mutex);
  int code = own.state->failure_of(RecordingVfs::Operation::write, own.is_log);
  if (code == SQLITE_OK) code = pass_on();
  if (code == SQLITE_OK) own.history->since.push_back(std::move(write));
  own.state->count();
  return code;
}

int write(sqlite3_file* file, const void* from, int bytes, sqlite3_int64 at) {
  FileHistory::Write made{at, std::string(static_cast<const char*>(from), static_cast<std::size_t>(bytes))};
  return record(file, std::move(made), [=] { return methods(file).xWrite(behind(file), from, bytes, at); });
}

int truncate(sqlite3_file* file, sqlite3_int64 size) {
  return record(file, {size, {}, true}, [=] { return methods(file).xTruncate(behind(file), size); });
}

int sync(sqlite3_file* file, int) {
  File& own = ours(file);
  std::this_thread::sleep_for(own.state->a_sync.load());
  if (own.history == nullptr) return SQLITE_OK;
  std::lock_guard lock(own.state->mutex);
  if (int code = own.state->failure_of(RecordingVfs::Operation::sync, own.is_log); code != SQLITE_OK) return code;
  if (own.state->syncs == RecordingVfs::Syncs::kept) {
    for (const auto& made : own.history->since) apply(made, own.history->synced);
    own.history->since.clear();
    own.history->is_synced_once = true;
  }
  own.state->count();
  return SQLITE_OK;
}

int size(sqlite3_file* file, sqlite3_int64* bytes) { return methods(file).xFileSize(behind(file), bytes); }
int lock(sqlite3_file* file, int level) { return methods(file).xLock(behind(file), level); }
int unlock(sqlite3_file* file, int level) { return methods(file).xUnlock(behind(file), level); }
int is_reserved(sqlite3_file* file, int* out) { return methods(file).xCheckReservedLock(behind(file), out); }
int control(sqlite3_file* file, int what, void* with) { return methods(file).xFileControl(behind(file), what, with); }
int sector(sqlite3_file* file) { return methods(file).xSectorSize(behind(file)); }
int abilities(sqlite3_file* file) { return methods(file).xDeviceCharacteristics(behind(file)); }
int shm_map(sqlite3_file* file, int page, int bytes, int extend, void volatile** to) {
  return methods(file).xShmMap(behind(file), page, bytes, extend, to);
}
int shm_lock(sqlite3_file* file, int offset, int count, int flags) { return methods(file).xShmLock(behind(file), offset, count, flags); }
void shm_barrier(sqlite3_file* file) { methods(file).xShmBarrier(behind(file)); }
int shm_unmap(sqlite3_file* file, int remove) { return methods(file).xShmUnmap(behind(file), remove); }

constexpr sqlite3_io_methods io{.iVersion = 2,
                                .xClose = close,
                                .xRead = read,
                                .xWrite = write,
                                .xTruncate = truncate,
                                .xSync = sync,
                                .xFileSize = size,
                                .xLock = lock,
                                .xUnlock = unlock,
                                .xCheckReservedLock = is_reserved,
                                .xFileControl = control,
                                .xSectorSize = sector,
                                .xDeviceCharacteristics = abilities,
                                .xShmMap = shm_map,
                                .xShmLock = shm_lock,
                                .xShmBarrier = shm_barrier,
                                .xShmUnmap = shm_unmap,
                                .xFetch = nullptr,
                                .xUnfetch = nullptr};

int open(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* flags_out) {
  auto& state = *static_cast<State*>(vfs->pAppData);
  File& own = ours(file);
  own = {{nullptr}, &state, (flags & SQLITE_OPEN_WAL) != 0, nullptr};
  int code = state.system->xOpen(state.system, path, own.system(), flags, flags_out);
  if (own.system()->pMethods == nullptr) return code;
  own.base.pMethods = &io;
  const bool is_kept = (flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL)) != 0;
  if (code != SQLITE_OK || !is_kept || path == nullptr) return code;
  std::lock_guard lock(state.mutex);
  own.history = &state.disk[path];
  return code;
}

int remove(sqlite3_vfs* vfs, const char* path, int sync_folder) {
  auto& state = *static_cast<State*>(vfs->pAppData);
  return state.system->xDelete(state.system, path, sync_folder);
}

std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return std::move(text).str();
}

/// A part of a write: what a failure in the middle of it leaves.
FileHistory::Write torn(const FileHistory::Write& write, std::minstd_rand& random) {
  auto sectors = static_cast<std::int64_t>(write.bytes.size()) / sector_bytes;
  if (write.is_truncation || sectors < 2) return write;
  auto first = static_cast<std::int64_t>(random()) % sectors;
  auto kept = 1 + static_cast<std::int64_t>(random()) % (sectors - first);
  return {write.offset + first * sector_bytes,
          write.bytes.substr(static_cast<std::size_t>(first * sector_bytes), static_cast<std::size_t>(kept * sector_bytes))};
}

}  // namespace

std::map<std::string, std::string> after_power_failure(const Disk& disk, std::minstd_rand& random) {
  std::map<std::string, std::string> files;
  const auto percent_kept = random() % 101;
  const bool is_reordered = random() % 2 == 0;
  for (const auto& [path, history] : disk) {
    if (!history.is_synced_once && random() % 4 == 0) continue;
    std::vector<FileHistory::Write> kept;
    for (const auto& made : history.since) {
      if (random() % 100 >= percent_kept) continue;
      kept.push_back(random() % 8 == 0 ? torn(made, random) : made);
    }
    if (is_reordered) std::shuffle(kept.begin(), kept.end(), random);
    std::string bytes = history.synced;
    for (const auto& made : kept) apply(made, bytes);
    files[path] = std::move(bytes);
  }
  return files;
}

RecordingVfs::RecordingVfs(Syncs syncs) : state_(std::make_unique<State>()) {
  state_->system = sqlite3_vfs_find(nullptr);
  state_->syncs = syncs;
  state_->vfs = *state_->system;
  state_->vfs.szOsFile = static_cast<int>(sizeof(File)) + state_->system->szOsFile;
  state_->vfs.zName = "recording";
  state_->vfs.pAppData = state_.get();
  state_->vfs.xOpen = open;
  state_->vfs.xDelete = remove;
  sqlite3_vfs_register(&state_->vfs, 1);
}

RecordingVfs::~RecordingVfs() {
  sqlite3_vfs_unregister(&state_->vfs);
  sqlite3_vfs_register(state_->system, 1);
}

void RecordingVfs::watch(const std::string& path) {
  std::lock_guard lock(state_->mutex);
  state_->disk[path] = {content_of(path), {}, true};
}

void RecordingVfs::at(std::int64_t writes, std::function<void(const Disk&)> look) {
  std::lock_guard lock(state_->mutex);
  state_->left = writes;
  state_->look = std::move(look);
}

void RecordingVfs::fail(Operation operation, std::int64_t turn, int code, bool lasts, Place place) {
  std::lock_guard lock(state_->mutex);
  state_->failing = operation;
  state_->turns = turn;
  state_->code = code;
  state_->lasts = lasts;
  state_->place = place;
  state_->has_failed = false;
}

void RecordingVfs::slow_down(std::chrono::milliseconds a_sync) { state_->a_sync = a_sync; }

bool RecordingVfs::has_failed() const {
  std::lock_guard lock(state_->mutex);
  return state_->has_failed;
}

}  // namespace parley::sqlite::test
