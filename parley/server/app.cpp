// SPDX-License-Identifier: Apache-2.0
#include "parley/server/app.hpp"

#include <vector>

#include "parley/server/commands.hpp"
#include "parley/server/program.hpp"

namespace parley {

struct App::State {
  server::Own own;
  std::optional<Error> mistake;  // the first thing that could not be added
  std::unique_ptr<server::Program> program;
};

App::App(std::string_view name) : state_(std::make_unique<State>()) {
  orm::Module& module = state_->own.module;
  module.name = name;
  module.title = name;
  module.models.module = name;
  module.depends = {"base"};
  module.schema_hash = "0";
}

App::~App() = default;

orm::Module& App::module() { return state_->own.module; }

App& App::about(std::string_view markdown) {
  state_->own.about = markdown;
  return *this;
}

App& App::seed(std::function<Result<void>(Env&)> fill) {
  state_->own.seeds.push_back(std::move(fill));
  return *this;
}

Exposed App::add_function(Method method) {
  std::string name = method.name;
  auto added = state_->own.functions.add_function(state_->own.module.name, std::move(method));
  if (!added && !state_->mistake) state_->mistake = std::move(added).error();
  // A method that was refused has nothing to change; the program then does not start.
  PARLEY_ASSERT(!state_->own.functions.entries().empty());
  return Exposed(state_->own.functions.last());
}

Result<void> App::open(server::Settings settings) {
  if (state_->mistake) return Error(*state_->mistake);
  PARLEY_TRY(state_->program, server::Program::load(std::move(settings), state_->own, [](std::string_view) {}));
  PARLEY_CHECK(state_->program->lock());
  PARLEY_CHECK(state_->program->prepare([](const std::string&) {}));
  return state_->program->make_dispatcher();
}

http::Response App::handle(const http::Request& request) {
  PARLEY_ASSERT(state_->program != nullptr);
  constexpr std::size_t padding = 64;  // what readers may look at behind a body
  std::string body(request.body);
  body.append(padding, '\0');
  http::Request padded = request;
  padded.body = std::string_view(body).substr(0, request.body.size());
  http::ResponseWriter writer;
  state_->program->dispatcher().answer(padded, writer);
  return writer.take();
}

int App::run(int argc, const char* const* argv) {
  if (state_->mistake) return server::report(*state_->mistake);
  std::vector<std::string_view> arguments(argv + 1, argv + argc);
  return server::run_command_line(arguments, state_->own);
}

}  // namespace parley
