// SPDX-License-Identifier: Apache-2.0
#include "parley/net/tasks.hpp"

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <condition_variable>
#include <cstring>
#include <deque>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>

using namespace parley;
using namespace parley::net;
using std::chrono::milliseconds;

namespace {

// A thread elsewhere that counts for tasks: what hashing or a sync to disk is to the server.
class Pool {
 public:
  ~Pool() {
    {
      std::lock_guard lock(mutex_);
      is_stopping_ = true;
      changed_.notify_one();
    }
    thread_.join();
  }
  void count(int& number) {
    Waiter& self = this_waiter();
    bool is_over = false;
    std::unique_lock lock(mutex_);
    jobs_.push_back({&self, &number, &is_over});
    changed_.notify_one();
    while (!is_over) {
      lock.unlock();
      self.park(no_deadline);
      lock.lock();
    }
  }

 private:
  struct Job {
    Waiter* waiter;
    int* number;
    bool* is_over;
  };
  void work() {
    for (;;) {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return is_stopping_ || !jobs_.empty(); });
      if (jobs_.empty()) return;
      Job job = jobs_.front();
      jobs_.pop_front();
      lock.unlock();
      ++*job.number;
      // Under the lock, so that the task, and with it its loop, cannot end during the unpark.
      lock.lock();
      *job.is_over = true;
      job.waiter->unpark();
    }
  }
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Job> jobs_;
  bool is_stopping_ = false;
  std::thread thread_{[this] { work(); }};
};

// Runs `start` on a fresh loop until all its tasks have ended.
void run_tasks(const std::function<void(Loop&, Tasks&)>& start, std::size_t idle_stacks_max = 4) {
  Loop loop;
  Tasks tasks(loop, Tasks::default_stack_bytes, idle_stacks_max);
  std::function<void()> end = [&] {
    if (tasks.running() == 0) loop.stop();
    else loop.post(end);
  };
  loop.post([&] { start(loop, tasks); });
  loop.post(end);
  loop.run();
}

}  // namespace

TEST_CASE("tasks: exceptions and stacks survive waits on two loops with a pool") {
  Pool pool;
  std::atomic<int> good = 0;
  auto body = [&](int i) {
    int counted = 0;
    char buffer[4096];
    std::memset(buffer, i, sizeof buffer);
    for (int round = 0; round < 10; ++round) {
      try {
        pool.count(counted);
        if (round % 3 == 0) throw std::runtime_error(std::to_string(i));
      } catch (const std::exception& caught) {
        pool.count(counted);  // waits while an exception is being handled
        if (std::stoi(caught.what()) != i) return;
      }
    }
    if (counted == 14 && buffer[100] == static_cast<char>(i)) ++good;
  };
  auto start = [&](Loop&, Tasks& tasks) {
    for (int i = 0; i < 40; ++i) tasks.spawn([&body, i] { body(i); });
  };
  std::thread other([&] { run_tasks(start); });
  run_tasks(start);
  other.join();
  CHECK(good == 80);
}

TEST_CASE("tasks: an unpark before the park is not lost") {
  Waited waited = Waited::cancelled;
  run_tasks([&](Loop&, Tasks& tasks) {
    tasks.spawn([&] {
      this_waiter().unpark();
      waited = this_waiter().park(no_deadline);
    });
  });
  CHECK(waited == Waited::done);
}

TEST_CASE("tasks: park and ready time out, sleep ends") {
  Waited parked = Waited::done, readied = Waited::done, slept = Waited::cancelled;
  int pair[2];
  REQUIRE(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
  run_tasks([&](Loop&, Tasks& tasks) {
    tasks.spawn([&] { parked = this_waiter().park(deadline_in(milliseconds(2))); });
    tasks.spawn([&] { readied = this_waiter().ready(pair[0], Readiness::readable, deadline_in(milliseconds(2))); });
    tasks.spawn([&] { slept = this_waiter().sleep(deadline_in(milliseconds(2))); });
  });
  CHECK(parked == Waited::timed_out);
  CHECK(readied == Waited::timed_out);
  CHECK(slept == Waited::done);
  close(pair[0]);
  close(pair[1]);
}

TEST_CASE("tasks: two tasks talk over a socket") {
  int pair[2];
  REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair) == 0);
  int sum = 0;
  auto take = [](int fd) {
    unsigned char byte = 0;
    while (read(fd, &byte, 1) != 1) this_waiter().ready(fd, Readiness::readable, no_deadline);
    return byte;
  };
  run_tasks([&](Loop&, Tasks& tasks) {
    tasks.spawn([&] {
      for (int i = 0; i < 20; ++i) {
        unsigned char byte = take(pair[0]);
        CHECK(this_waiter().ready(pair[0], Readiness::writable, no_deadline) == Waited::done);
        CHECK(write(pair[0], &byte, 1) == 1);
      }
    });
    tasks.spawn([&] {
      for (unsigned char i = 0; i < 20; ++i) {
        CHECK(write(pair[1], &i, 1) == 1);
        sum += take(pair[1]);
      }
    });
  });
  CHECK(sum == 190);
  close(pair[0]);
  close(pair[1]);
}

TEST_CASE("tasks: cancel ends every kind of wait, and later waits at once") {
  std::vector<Waited> seen;
  int pair[2];
  REQUIRE(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
  run_tasks([&](Loop& loop, Tasks& tasks) {
    tasks.spawn([&] { seen.push_back(this_waiter().park(no_deadline)); });
    tasks.spawn([&] { seen.push_back(this_waiter().sleep(no_deadline)); });
    tasks.spawn([&] {
      seen.push_back(this_waiter().ready(pair[0], Readiness::readable, no_deadline));
      seen.push_back(this_waiter().sleep(no_deadline));
      seen.push_back(this_waiter().park(no_deadline));
    });
    loop.post([&] { tasks.cancel_all(); });
  });
  CHECK(seen.size() == 5);
  for (Waited waited : seen) CHECK(waited == Waited::cancelled);
  close(pair[0]);
  close(pair[1]);
}

TEST_CASE("tasks: a task that ended leaves nothing to the next on its stack") {
  std::vector<Waited> seen;
  run_tasks([&](Loop&, Tasks& tasks) {
    tasks.spawn([] {
      this_waiter().unpark();
      this_waiter().cancel();
    });
    tasks.spawn([&] {
      CHECK_FALSE(this_waiter().is_cancelled());
      seen.push_back(this_waiter().park(deadline_in(milliseconds(2))));
    });
  });
  REQUIRE(seen.size() == 1);
  CHECK(seen[0] == Waited::timed_out);
}

TEST_CASE("tasks: more tasks than kept stacks come and go") {
  int ended = 0;
  run_tasks(
      [&](Loop&, Tasks& tasks) {
        for (int i = 0; i < 50; ++i)
          tasks.spawn([&] {
            this_waiter().sleep(deadline_in(milliseconds(1)));
            ++ended;
          });
        CHECK(tasks.running() == 50);
      },
      2);
  CHECK(ended == 50);
}

TEST_CASE("tasks: outside of a task the thread's own waiter is back") {
  Waiter* thread_waiter = &this_waiter();
  run_tasks([&](Loop&, Tasks& tasks) {
    tasks.spawn([&] {
      CHECK(&this_waiter() != thread_waiter);
      CHECK(Tasks::current() == &this_waiter());
    });
    CHECK(&this_waiter() == thread_waiter);
    CHECK(Tasks::current() == nullptr);
  });
}
