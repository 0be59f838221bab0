// SPDX-License-Identifier: Apache-2.0
#include "parley/storage/sqlite/read_pool.hpp"

namespace parley::sqlite {

Result<std::unique_ptr<Connection>> ReadPool::take(Deadline deadline) {
  std::unique_ptr<Connection> connection;
  {
    std::unique_lock lock(mutex_);
    if (lent_ < options_.readers_max) {
      ++lent_;
      if (!idle_.empty()) {
        connection = std::move(idle_.back());
        idle_.pop_back();
      }
    } else {
      Waiting me{&this_waiter()};
      PARLEY_CHECK(wait_for_turn(lock, me, deadline));
      connection = std::move(me.connection);
    }
  }
  if (connection != nullptr) return connection;
  auto opened = Connection::open(path_, Connection::Role::reader, options_);
  if (!opened) give_back(nullptr);
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
  std::lock_guard lock(mutex_);
  if (queue_.empty()) {
    --lent_;
    if (connection != nullptr) idle_.push_back(std::move(connection));
    return;
  }
  auto* next = queue_.front();
  queue_.pop_front();
  next->connection = std::move(connection);
  next->has_turn = true;
  next->waiter->unpark();  // under the mutex, or the waiter might be gone already
}

}  // namespace parley::sqlite
