// SPDX-License-Identifier: Apache-2.0
#include "parley/storage/sqlite/read_pool.hpp"

namespace parley::sqlite {

Result<std::unique_ptr<Connection>> ReadPool::take(Deadline deadline) {
  std::unique_lock lock(mutex_);
  if (lent_.size() + opening_ >= options_.readers_max) {
    Waiting me{&this_waiter()};
    PARLEY_CHECK(wait_for_turn(lock, me, deadline));
    if (me.connection != nullptr) return std::move(me.connection);
  } else if (!idle_.empty()) {
    auto connection = std::move(idle_.back());
    idle_.pop_back();
    lent_.push_back(connection.get());
    return connection;
  } else {
    ++opening_;
  }
  lock.unlock();
  auto opened = Connection::open(path_, Connection::Role::reader, options_);
  lock.lock();
  --opening_;
  if (opened)
    lent_.push_back(opened->get());
  else
    pass_on(nullptr);
  return opened;
}

Result<void> ReadPool::wait_for_turn(std::unique_lock<std::mutex>& lock, Waiting& me,
                                     Deadline deadline) {
  queue_.push_back(&me);
  while (!me.has_turn) {
    lock.unlock();
    auto waited = me.waiter->park(deadline);
    lock.lock();
    if (me.has_turn || waited == Waited::done) continue;
    std::erase(queue_, &me);
    if (waited == Waited::cancelled) return Error(Code::cancelled, "the request was given up");
    return Error(Code::timeout, "the time for this call ended while it waited to read");
  }
  return {};
}

void ReadPool::give_back(std::unique_ptr<Connection> connection) {
  std::unique_ptr<Connection> closing;  // after the mutex is free
  std::lock_guard lock(mutex_);
  std::erase(lent_, connection.get());
  connection->snapshot.must_end = false;
  if (connection->in_transaction()) closing = std::move(connection);
  pass_on(std::move(connection));
}

// A place is free: to who waits first, with the connection or without one.
void ReadPool::pass_on(std::unique_ptr<Connection> connection) {
  if (queue_.empty()) {
    if (connection != nullptr) idle_.push_back(std::move(connection));
    return;
  }
  auto* next = queue_.front();
  queue_.pop_front();
  if (connection == nullptr)
    ++opening_;
  else
    lent_.push_back(connection.get());
  next->connection = std::move(connection);
  next->has_turn = true;
  next->waiter->unpark();  // under the mutex, or the waiter might be gone already
}

void ReadPool::tell(orm::StoreStats& stats) const {
  std::lock_guard lock(mutex_);
  stats.readers = static_cast<std::int64_t>(lent_.size());
  stats.waiting_readers = static_cast<std::int64_t>(queue_.size());
}

std::int64_t ReadPool::end_snapshots(Deadline moment) {
  std::int64_t told = 0;
  std::lock_guard lock(mutex_);
  for (auto* connection : lent_) {
    auto began = connection->snapshot.began.load(std::memory_order_relaxed);
    if (began == Clock::time_point() || began > moment) continue;
    told += connection->snapshot.must_end.exchange(true, std::memory_order_relaxed) ? 0 : 1;
  }
  return told;
}

}  // namespace parley::sqlite
