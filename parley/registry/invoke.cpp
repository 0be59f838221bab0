// SPDX-License-Identifier: Apache-2.0
// invoke: access, binding, running. The only place where what user code throws is caught.
#include <cxxabi.h>

#include <chrono>
#include <new>
#include <typeinfo>

#include "parley/registry/registry.hpp"

namespace parley {
namespace {

Result<void> check_access(const Method& method, const Call& call, const Context& context) {
  if (method.access == Access::open) return {};
  const bool is_odoo = call.policy == Policy::odoo;
  if (context.uid == 0)
    return Error(Code::unauthenticated,
                 is_odoo ? "Access Denied" : method.name + ": only for users who are logged in");
  if (method.access == Access::admin && !context.is_admin)
    return Error(Code::forbidden, method.name + ": only for administrators");
  return {};
}

/// Turns the exception being handled into an Error. Called in a catch block only.
/// A forced unwind (a task or thread that is taken down) is not ours to stop.
Error caught(std::string_view request_id) {
  Error bug(Code::internal, "internal error (id " + std::string(request_id) + ")");
  try {
    throw;
  } catch (const std::bad_alloc&) {
    return {Code::overloaded, "out of memory; try again later"};
  } catch (const std::exception& exception) {
    return std::move(bug).with_cause(exception.what());
  } catch (...) {
    const std::type_info* type = abi::__cxa_current_exception_type();
    if (type == nullptr ||
        std::string_view(type->name()).find("forced_unwind") != std::string_view::npos)
      throw;
    return std::move(bug).with_cause(std::string("exception of type ") + type->name());
  }
}

constexpr std::chrono::microseconds slice{500};  // rows are made this long before others run

/// Rows are made after invoke has returned; what making them throws is caught here as well. Whatever
/// makes them, they end with their call's time and when nobody takes them any more.
class GuardedRows final : public RowSource {
 public:
  GuardedRows(std::unique_ptr<RowSource> rows, const Context& context)
      : rows_(std::move(rows)), request_id_(context.request_id), deadline_(context.deadline) {}
  Result<bool> next(Sink& sink) override {
    PARLEY_CHECK(go_on());
    try {
      return rows_->next(sink);
    } catch (...) {
      return caught(request_id_);
    }
  }

 private:
  Result<void> go_on() {
    const Deadline now = std::chrono::steady_clock::now();
    if (now >= deadline_) return Error(Code::timeout, "the answer took longer than its call may");
    Waiter& waiter = this_waiter();
    if (now - slice_began_ >= slice) {
      (void)waiter.sleep(now);
      slice_began_ = std::chrono::steady_clock::now();
    }
    if (waiter.is_cancelled()) return Error(Code::cancelled, "the request was given up");
    return {};
  }

  std::unique_ptr<RowSource> rows_;
  std::string request_id_;
  Deadline deadline_, slice_began_ = std::chrono::steady_clock::now();
};

Result<Answer> run(const Target& target, const Call& call, Context& context) {
  PARLEY_TRY(Bound bound, bind(target, call, context));
  Invocation invocation{context, target.model, bound.arguments, bound.rest, target.chain};
  return target.method().body(invocation);
}

}  // namespace

Result<Answer> Invocation::super(std::span<const Value> with) {
  if (chain.size() < 2)
    return Error(Code::internal, std::string(model) + "." + chain.front()->name +
                                     ": super has nothing left to call");
  Invocation next{context, model, with, rest, chain.subspan(1)};
  return next.chain.front()->body(next);
}

Result<Answer> invoke(const Target& target, const Call& call, Context& context) {
  if (call.is_of_documents && !target.method().is_documented)
    return Error(Code::unknown_method, "Method not found: " + std::string(call.method), std::string(call.method));
  PARLEY_CHECK(check_access(target.method(), call, context));
  try {
    auto outcome = run(target, call, context);
    if (!outcome) return outcome;
    if (outcome->is_rows()) outcome = Answer(std::make_unique<GuardedRows>(outcome->take_rows(), context));
    outcome->method = &target.method();
    return outcome;
  } catch (...) {
    return caught(context.request_id);
  }
}

}  // namespace parley
