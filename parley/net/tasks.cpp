// SPDX-License-Identifier: Apache-2.0
#include "parley/net/tasks.hpp"

#include <cxxabi.h>

#include <boost/context/fiber.hpp>
#include <boost/context/protected_fixedsize_stack.hpp>
#include <cstring>

#include "parley/core/error.hpp"
#include "parley/net/loop_core.hpp"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define PARLEY_ASAN 1
#elif __has_feature(thread_sanitizer)
#define PARLEY_TSAN 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define PARLEY_ASAN 1
#elif defined(__SANITIZE_THREAD__)
#define PARLEY_TSAN 1
#endif
#if defined(PARLEY_ASAN)
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#elif defined(PARLEY_TSAN)
#include <sanitizer/tsan_interface.h>
#endif

namespace parley::net {
namespace {

namespace context = boost::context;

thread_local Task* current_task = nullptr;

// Not inlined, like this_waiter: the address of a thread_local must not be kept over a switch.
[[gnu::noinline]] void set_current(Task* task) {
  asm volatile("");
  current_task = task;
  set_this_waiter(task);
}

// The exceptions being caught belong to a stack, not to a thread: the two words of
// __cxa_eh_globals (Itanium C++ ABI, section 2.2.2) go with the task.
constexpr std::size_t exception_globals_bytes = 16;
[[gnu::noinline]] void swap_exceptions(char* saved) {
  char* now = reinterpret_cast<char*>(abi::__cxa_get_globals());
  char kept[exception_globals_bytes];
  std::memcpy(kept, now, sizeof kept);
  std::memcpy(now, saved, sizeof kept);
  std::memcpy(saved, kept, sizeof kept);
}

}  // namespace

struct Task::Stack {
  explicit Stack(std::size_t bytes) : allocator(bytes), memory(allocator.allocate()) {
#if defined(PARLEY_TSAN)
    tsan_task = __tsan_create_fiber(0);
#endif
  }
  ~Stack() {
#if defined(PARLEY_TSAN)
    __tsan_destroy_fiber(tsan_task);
#elif defined(PARLEY_ASAN)
    __asan_unpoison_memory_region(static_cast<char*>(memory.sp) - memory.size, memory.size);
#endif
    allocator.deallocate(memory);
  }
  Stack(const Stack&) = delete;
  Stack& operator=(const Stack&) = delete;

  // Called by the loop just before and just after it runs the task.
  void before_task() {
#if defined(PARLEY_ASAN)
    __sanitizer_start_switch_fiber(&loop_fake, static_cast<char*>(memory.sp) - memory.size, memory.size);
#elif defined(PARLEY_TSAN)
    tsan_loop = __tsan_get_current_fiber();
    __tsan_switch_to_fiber(tsan_task, 0);
#endif
  }
  void after_task() {
#if defined(PARLEY_ASAN)
    __sanitizer_finish_switch_fiber(loop_fake, nullptr, nullptr);
#endif
  }
  // Called by the task just before it gives way and just after it runs again.
  void before_loop([[maybe_unused]] bool is_last) {
#if defined(PARLEY_ASAN)
    __sanitizer_start_switch_fiber(is_last ? nullptr : &task_fake, loop_bottom, loop_bytes);
#elif defined(PARLEY_TSAN)
    __tsan_switch_to_fiber(tsan_loop, 0);
#endif
  }
  void after_loop() {
#if defined(PARLEY_ASAN)
    __sanitizer_finish_switch_fiber(task_fake, &loop_bottom, &loop_bytes);
#endif
  }

  context::protected_fixedsize_stack allocator;
  context::stack_context memory;
  context::fiber inside, outside;
  char exceptions[exception_globals_bytes] = {};
#if defined(PARLEY_ASAN)
  void *loop_fake = nullptr, *task_fake = nullptr;
  const void* loop_bottom = nullptr;
  std::size_t loop_bytes = 0;
#elif defined(PARLEY_TSAN)
  void *tsan_task = nullptr, *tsan_loop = nullptr;
#endif
};

namespace {

// The context runs on memory that Stack owns and frees.
struct BorrowedStack {
  context::stack_context allocate() { return {}; }
  void deallocate(context::stack_context&) noexcept {}
};

}  // namespace

Task::Task(Tasks& owner) : owner_(owner) {}
Task::~Task() = default;

void Task::resume() {
  Stack& stack = *stack_;
  Task* outer = Tasks::current();
  set_current(this);
  swap_exceptions(stack.exceptions);
  stack.before_task();
  stack.inside = std::move(stack.inside).resume();
  stack.after_task();
  swap_exceptions(stack.exceptions);
  set_current(outer);
  if (is_done_ && !is_quitting_) owner_.ended(*this);
}

void Task::suspend() {
  stack_->before_loop(false);
  stack_->outside = std::move(stack_->outside).resume();
  stack_->after_loop();
}

std::uint64_t Task::begin_wait() {
  wait_ = Wait::operation;
  return ++wait_number_;
}

Waited Task::wait() {
  suspend();
  wait_ = Wait::none;
  return result_;
}

void Task::end_wait(std::uint64_t number, Waited how) {
  if (wait_ == Wait::none || wait_number_ != number) return;
  result_ = how;
  wait_ = Wait::none;
  resume();
}

Waited Task::wait_until(Wait kind, Deadline deadline) {
  std::uint64_t number = begin_wait();
  wait_ = kind;
  if (deadline == no_deadline) return wait();
  Timer timer(owner_.loop_.core().io.get_executor(), deadline);
  timer.async_wait([this, number](error_code failure) {
    if (!failure) end_wait(number, Waited::timed_out);
  });
  return wait();
}

void Task::yield() {
  std::uint64_t number = begin_wait();
  asio::post(owner_.loop_.core().io, [this, number] { end_wait(number, Waited::done); });
  wait();
}

Waited Task::ready(int fd, Readiness what, Deadline deadline) {
  if (is_cancelled()) return Waited::cancelled;
  Descriptor descriptor(owner_.loop_.core().io.get_executor());
  error_code failure;
  // What cannot be waited for (a plain file) is always ready; the caller's read tells the rest.
  descriptor.assign(fd, failure);
  if (failure) return Waited::done;
  auto kind = what == Readiness::readable ? Descriptor::wait_read : Descriptor::wait_write;
  std::uint64_t number = wait_number_ + 1;  // what begin_wait will give
  descriptor.async_wait(kind, [this, number](error_code aborted) {
    if (!aborted) end_wait(number, Waited::done);
  });
  Waited how = wait_until(Wait::cancellable, deadline);
  descriptor.release();
  return how;
}

Waited Task::sleep(Deadline until) {
  if (is_cancelled()) return Waited::cancelled;
  Waited how = wait_until(Wait::cancellable, until);
  return how == Waited::timed_out ? Waited::done : how;
}

Waited Task::park(Deadline deadline) {
  if (has_token_.exchange(false, std::memory_order_acq_rel)) return Waited::done;
  if (is_cancelled()) {
    yield();  // code that parks until a job elsewhere is over must not starve its loop
    return has_token_.exchange(false, std::memory_order_acq_rel) ? Waited::done : Waited::cancelled;
  }
  Waited how = wait_until(Wait::parked, deadline);
  if (has_token_.exchange(false, std::memory_order_acq_rel)) return Waited::done;
  return how;
}

void Task::unpark() {
  if (has_token_.exchange(true, std::memory_order_acq_rel)) return;
  asio::post(owner_.loop_.core().io, [this] { signalled(); });
}

void Task::cancel() {
  if (is_cancelled_.exchange(true, std::memory_order_acq_rel)) return;
  asio::post(owner_.loop_.core().io, [this] { signalled(); });
}

void Task::signalled() {
  if (wait_ == Wait::parked && has_token_.load(std::memory_order_acquire)) return end_wait(wait_number_, Waited::done);
  if ((wait_ == Wait::parked || wait_ == Wait::cancellable) && is_cancelled()) end_wait(wait_number_, Waited::cancelled);
}

Tasks::Tasks(Loop& loop, std::size_t stack_bytes, std::size_t idle_stacks_max)
    : loop_(loop), stack_bytes_(stack_bytes), idle_stacks_max_(idle_stacks_max) {}

Tasks::~Tasks() {
  PARLEY_ASSERT(running_ == 0);
  for (Task* task : idle_) {
    task->is_quitting_ = true;
    task->resume();
  }
}

[[gnu::noinline]] Task* Tasks::current() {
  asm volatile("");
  return current_task;
}

void Tasks::spawn(std::function<void()> body) {
  Task* task = nullptr;
  if (!idle_.empty()) {
    task = idle_.back();
    idle_.pop_back();
  } else {
    if (empty_.empty()) {
      tasks_.push_back(std::make_unique<Task>(*this));
      empty_.push_back(tasks_.back().get());
    }
    task = empty_.back();
    empty_.pop_back();
    task->stack_ = std::make_unique<Task::Stack>(stack_bytes_);
    task->is_quitting_ = false;
    Task::Stack& stack = *task->stack_;
    // One context serves many bodies, one after the other.
    stack.inside = context::fiber(
        std::allocator_arg, context::preallocated(stack.memory.sp, stack.memory.size, stack.memory), BorrowedStack{},
        [task](context::fiber&& loop) {
          Task::Stack& own = *task->stack_;
          own.outside = std::move(loop);
          own.after_loop();
          while (!task->is_quitting_) {
            task->body_();
            task->body_ = nullptr;
            task->is_done_ = true;
            task->suspend();
          }
          own.before_loop(true);
          return std::move(own.outside);
        });
  }
  task->body_ = std::move(body);
  task->is_done_ = false;
  task->has_token_ = false;
  task->held_until_ = no_deadline;
  task->is_cancelled_ = false;
  ++running_;
  task->resume();
}

void Tasks::ended(Task& task) {
  --running_;
  if (idle_.size() < idle_stacks_max_) return idle_.push_back(&task);
  task.is_quitting_ = true;
  task.resume();
  task.stack_ = nullptr;
  empty_.push_back(&task);
}

void Tasks::cancel_all() {
  for (const auto& task : tasks_)
    if (task->stack_ != nullptr && !task->is_done_) task->cancel();
}

Hold::Hold(Deadline deadline) : task_(Tasks::current()) {
  if (task_ == nullptr) return;
  before_ = task_->held_until_;
  task_->held_until_ = std::min(before_, deadline);
}

Hold::~Hold() {
  if (task_ != nullptr) task_->held_until_ = before_;
}

}  // namespace parley::net
