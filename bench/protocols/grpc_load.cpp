// SPDX-License-Identifier: Apache-2.0
// The load for bench_grpc_server: CLIENTS calls under way at any time, for SECONDS.
//
//   bench_grpc_load PORT echo|person CLIENTS SECONDS     prints {"calls": N, "failed": N, "seconds": S}
#include <grpcpp/grpcpp.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "person.grpc.pb.h"

namespace {

using Clock = std::chrono::steady_clock;

struct Load {
  bench::Bench::Stub& stub;
  grpc::CompletionQueue queue;
  bool is_person;
  bench::Text text;
  bench::Person person;
};

/// One place among those under way; takes the next call when its own has come back.
struct Place {
  std::unique_ptr<grpc::ClientContext> context;
  grpc::Status status;
  bench::Text text;
  bench::Person person;
  std::unique_ptr<grpc::ClientAsyncResponseReader<bench::Text>> text_reader;
  std::unique_ptr<grpc::ClientAsyncResponseReader<bench::Person>> person_reader;

  void ask(Load& load) {
    context = std::make_unique<grpc::ClientContext>();
    if (load.is_person) {
      person_reader = load.stub.AsyncSame(context.get(), load.person, &load.queue);
      person_reader->Finish(&person, &status, this);
    } else {
      text_reader = load.stub.AsyncEcho(context.get(), load.text, &load.queue);
      text_reader->Finish(&text, &status, this);
    }
  }
  bool is_right(const Load& load) const {
    if (!status.ok()) return false;
    return load.is_person ? person.tags_size() == load.person.tags_size() : text.value() == load.text.value();
  }
};

// The values of bench/protocols.py.
void fill(Load& load) {
  load.text.set_value("The quick brown fox jumps over the lazy dog.");
  load.person.set_id(4711);
  load.person.set_name("Ross Geller");
  load.person.set_email("ross.geller@example.test");
  load.person.set_city("New York");
  load.person.set_height(1.85);
  load.person.set_is_active(true);
  load.person.set_born("1967-10-18");
  for (const char* tag : {"dinosaurs", "fossils", "museum", "sandwich"}) load.person.add_tags(tag);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) return 2;
  auto stub = bench::Bench::NewStub(
      grpc::CreateChannel("127.0.0.1:" + std::string(argv[1]), grpc::InsecureChannelCredentials()));
  Load load{.stub = *stub, .queue = {}, .is_person = std::string_view(argv[2]) == "person", .text = {}, .person = {}};
  fill(load);
  std::vector<Place> places(static_cast<std::size_t>(std::atoi(argv[3])));
  const auto begin = Clock::now();
  const auto end = begin + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(std::atof(argv[4])));
  for (Place& place : places) place.ask(load);
  long calls = 0, failed = 0;
  std::size_t under_way = places.size();
  void* tag = nullptr;
  for (bool is_ok = false; under_way > 0 && load.queue.Next(&tag, &is_ok);) {
    Place& place = *static_cast<Place*>(tag);
    ++(is_ok && place.is_right(load) ? calls : failed);
    if (Clock::now() < end)
      place.ask(load);
    else
      --under_way;
  }
  const std::chrono::duration<double> took = Clock::now() - begin;
  std::printf("{\"calls\": %ld, \"failed\": %ld, \"seconds\": %.6f}\n", calls, failed, took.count());
  return failed == 0 ? 0 : 1;
}
