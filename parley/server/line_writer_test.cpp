// SPDX-License-Identifier: Apache-2.0
#include "parley/server/line_writer.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <sstream>
#include <utility>
#include <vector>

using parley::server::LineWriter;

namespace {

struct Pipe {
  Pipe() { REQUIRE(::pipe(ends) == 0); }
  ~Pipe() {
    ::close(ends[0]);
    if (ends[1] >= 0) ::close(ends[1]);
  }
  // What has been written by now.
  std::string read_some() {
    char piece[65536];
    ssize_t n = ::read(ends[0], piece, sizeof piece);
    return {piece, static_cast<std::size_t>(std::max<ssize_t>(n, 0))};
  }
  std::string read_all() {
    ::close(std::exchange(ends[1], -1));
    std::string all;
    for (std::string piece = read_some(); !piece.empty(); piece = read_some()) all += piece;
    return all;
  }
  int ends[2];
};

}  // namespace

TEST_CASE("lines of many threads come whole, each thread's in its order") {
  constexpr int threads = 4, lines = 5000;
  Pipe pipe;
  std::string all;
  std::thread reader([&] {
    for (std::string piece = pipe.read_some(); !piece.empty(); piece = pipe.read_some()) all += piece;
  });
  {
    LineWriter writer(pipe.ends[1]);
    std::vector<std::thread> writers;
    for (int thread = 0; thread < threads; ++thread)
      writers.emplace_back([&writer, thread] {
        for (int line = 0; line < lines; ++line)
          writer.put(std::to_string(thread) + " " + std::to_string(line) + " end",
                     line % 100 == 0 ? LineWriter::When::now : LineWriter::When::soon);
      });
    for (auto& one : writers) one.join();
  }
  ::close(std::exchange(pipe.ends[1], -1));
  reader.join();
  std::istringstream in(all);
  std::map<int, int> next;
  int thread = 0, line = 0, found = 0;
  for (std::string end; in >> thread >> line >> end; ++found) {
    CHECK(end == "end");
    CHECK(line == next[thread]++);
  }
  CHECK(found == threads * lines);
}

TEST_CASE("a line for now comes out at once, behind what was put before it") {
  Pipe pipe;
  REQUIRE(::fcntl(pipe.ends[0], F_SETFL, O_NONBLOCK) == 0);  // what is not there yet is not waited for
  LineWriter writer(pipe.ends[1]);
  for (int i = 0; i < 200; ++i) {
    writer.put("first", LineWriter::When::soon);
    writer.put("second", LineWriter::When::now);
    std::string seen;
    for (std::string piece = pipe.read_some(); !piece.empty(); piece = pipe.read_some()) seen += piece;
    REQUIRE(seen == "first\nsecond\n");
  }
}

TEST_CASE("a line for soon comes out by itself, and the last ones at the end") {
  Pipe pipe;
  auto writer = std::make_unique<LineWriter>(pipe.ends[1]);
  writer->put("soon", LineWriter::When::soon);
  CHECK(pipe.read_some() == "soon\n");  // waits for it
  writer->put("last", LineWriter::When::soon);
  writer.reset();
  CHECK(pipe.read_all() == "last\n");
}

TEST_CASE("who puts more than is read waits, and nothing is lost") {
  Pipe pipe;
  SUBCASE("the descriptor waits") {}
  SUBCASE("the descriptor does not wait") { REQUIRE(::fcntl(pipe.ends[1], F_SETFL, O_NONBLOCK) == 0); }
  const std::string line(10'000, 'x');
  constexpr std::size_t lines = 300;  // 3 MB
  std::atomic<std::size_t> put = 0;
  auto writer = std::make_unique<LineWriter>(pipe.ends[1]);
  std::thread putter([&] {
    for (; put < lines; ++put) writer->put(line, LineWriter::When::soon);
  });
  while (put < 100) std::this_thread::yield();
  for (int look = 0; look < 20; ++look) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    CHECK(put < lines - 50);  // what is gathered, what is being written and what a pipe holds are less
  }
  std::size_t bytes = 0;
  while (bytes < lines * (line.size() + 1)) bytes += pipe.read_some().size();
  putter.join();
  writer.reset();
  CHECK(pipe.read_all().empty());
}

TEST_CASE("a reader that takes nothing does not keep the process from ending") {
  Pipe pipe;
  LineWriter writer(pipe.ends[1]);
  for (int i = 0; i < 30; ++i) writer.put(std::string(10'000, 'x'), LineWriter::When::soon);  // more than a pipe holds
}

TEST_CASE("a reader that went away harms nobody") {
  ::signal(SIGPIPE, SIG_IGN);
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  ::close(ends[0]);
  LineWriter writer(ends[1]);
  for (int i = 0; i < 300; ++i) writer.put(std::string(10'000, 'x'), LineWriter::When::soon);
  writer.put("the last", LineWriter::When::now);
  ::close(ends[1]);
}
