// SPDX-License-Identifier: Apache-2.0
// The peer for binary calls: gRPC's asynchronous server, one completion queue and thread a core.
//
//   bench_grpc_server PORT
#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "person.grpc.pb.h"

namespace {

using Queue = grpc::ServerCompletionQueue;

/// One call, from its request to its answer; makes the next one when it begins.
struct Waiting {
  virtual ~Waiting() = default;
  virtual void go_on(bool is_ok) = 0;
};

template <class Message, auto request>
class Answering final : public Waiting {
 public:
  Answering(bench::Bench::AsyncService& service, Queue& queue) : service_(service), queue_(queue), writer_(&context_) {
    (service_.*request)(&context_, &message_, &writer_, &queue_, &queue_, this);
  }
  void go_on(bool is_ok) override {
    if (is_done_ || !is_ok) {
      delete this;
      return;
    }
    new Answering(service_, queue_);
    is_done_ = true;
    writer_.Finish(message_, grpc::Status::OK, this);
  }

 private:
  bench::Bench::AsyncService& service_;
  Queue& queue_;
  grpc::ServerContext context_;
  Message message_;
  grpc::ServerAsyncResponseWriter<Message> writer_;
  bool is_done_ = false;
};

using Echo = Answering<bench::Text, &bench::Bench::AsyncService::RequestEcho>;
using Same = Answering<bench::Person, &bench::Bench::AsyncService::RequestSame>;

void serve(bench::Bench::AsyncService& service, Queue& queue) {
  constexpr int ready_calls = 64;  // as many as clients may have under way
  for (int i = 0; i < ready_calls; ++i) {
    new Echo(service, queue);
    new Same(service, queue);
  }
  void* tag = nullptr;
  for (bool is_ok = false; queue.Next(&tag, &is_ok);) static_cast<Waiting*>(tag)->go_on(is_ok);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  bench::Bench::AsyncService service;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:" + std::string(argv[1]), grpc::InsecureServerCredentials());
  builder.RegisterService(&service);
  std::vector<std::unique_ptr<Queue>> queues;
  for (unsigned i = 0; i < std::max(1U, std::thread::hardware_concurrency()); ++i) queues.push_back(builder.AddCompletionQueue());
  std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr) return 1;
  std::vector<std::thread> threads;
  for (auto& queue : queues) threads.emplace_back([&service, &queue] { serve(service, *queue); });
  for (std::thread& thread : threads) thread.join();
  return 0;
}
