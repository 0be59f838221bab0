// SPDX-License-Identifier: Apache-2.0
#include "parley/server/apart.hpp"

#include <pthread.h>
#include <signal.h>

#include <exception>
#include <optional>

namespace parley::server {

namespace {

// No call is under way on this thread that would catch what a seed of the program, or a dump that
// does not fit into memory, throws.
Result<std::string> done(const Apart::Work& work) {
  try {
    return work();
  } catch (const std::exception& thrown) {
    return Error(Code::internal, "it failed").with_cause(thrown.what());
  }
}

}  // namespace

struct Apart::Job {
  Work work;
  Waiter* asker = nullptr;  // null once it has left; guarded by the mutex, like `result`
  std::optional<Result<std::string>> result;
};

Apart::~Apart() {
  {
    std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

std::int64_t Apart::waiting() const {
  std::lock_guard lock(mutex_);
  return static_cast<std::int64_t>(waiting_.size());
}

void Apart::run_all() {
  // Signals are for the thread that waits for them.
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return is_stopping_ || !waiting_.empty(); });
    if (is_stopping_) return;
    std::shared_ptr<Job> job = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    auto result = done(job->work);
    job->work = nullptr;  // what it owned may be large
    lock.lock();
    job->result.emplace(std::move(result));
    if (job->asker != nullptr) job->asker->unpark();  // under the lock: it cannot be gone yet
  }
}

Result<std::string> Apart::run(Work work, Deadline deadline) {
  auto job = std::make_shared<Job>();
  job->work = std::move(work);
  job->asker = &this_waiter();
  {
    std::lock_guard lock(mutex_);
    if (waiting_.size() >= waiting_max_)
      return Error(Code::overloaded, "too many changes of databases are waiting; try again later");
    waiting_.push_back(job);
  }
  changed_.notify_one();
  for (;;) {
    Waited waited = this_waiter().park(deadline);
    std::lock_guard lock(mutex_);
    if (job->result) return std::move(*job->result);
    if (waited == Waited::done) continue;
    job->asker = nullptr;
    if (waited == Waited::timed_out) return Error(Code::timeout, "it takes longer than a call may; it goes on");
    return Error(Code::cancelled, "the request was given up");
  }
}

}  // namespace parley::server
