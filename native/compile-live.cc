// Compiles a filter on an activated handle, by a program of its own beside this addon: compile.c says
// why.

#include <dlfcn.h>
#include <fcntl.h>
#include <pcap/pcap.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "calls.h"

extern char** environ;

namespace {

constexpr size_t kNameMax = 255;
constexpr size_t kTextMax = 65536;
constexpr size_t kAnswerMax = 1 << 20;

Napi::Value Failed(Napi::Env env, const std::string& why) {
  Napi::Object result = Napi::Object::New(env);
  result.Set("error", why);
  return result;
}

std::string Beside(const char* name) {
  Dl_info here{};
  if (dladdr(reinterpret_cast<void*>(&Beside), &here) == 0 || here.dli_fname == nullptr) return name;
  const std::string path = here.dli_fname;
  return path.substr(0, path.rfind('/') + 1) + name;
}

// Everything that comes until the other end is closed.
std::string ReadAll(int from) {
  std::string all;
  char part[4096];
  for (;;) {
    const ssize_t got = read(from, part, sizeof part);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0 || all.size() > kAnswerMax) return all;
    all.append(part, static_cast<size_t>(got));
  }
}

// Runs it with its output to `out`; 0 or the error.
int Start(pid_t* child, const std::vector<std::string>& words, int spare, int out) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, out, 1);
  // To itself: no copy, it is only passed on.
  if (spare >= 0) posix_spawn_file_actions_adddup2(&actions, spare, spare);
  std::vector<char*> pointers;
  for (const std::string& word : words) pointers.push_back(const_cast<char*>(word.c_str()));
  pointers.push_back(nullptr);
  const int error = posix_spawn(child, pointers[0], &actions, nullptr, pointers.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  return error;
}

int StatusOf(pid_t child) {
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return -1;
  }
  return status;
}

Napi::Value Answer(Napi::Env env, int status, const std::string& said) {
  if (!WIFEXITED(status)) return Failed(env, "took too long, or too much");
  if (WEXITSTATUS(status) != 0) return Failed(env, said.empty() ? "cannot be compiled" : said);
  const size_t count = said.size() / sizeof(bpf_insn);
  Napi::Uint32Array words = Napi::Uint32Array::New(env, count * kWordsPerInstruction);
  for (size_t i = 0; i < count; i++) {
    bpf_insn instruction;
    memcpy(&instruction, said.data() + i * sizeof instruction, sizeof instruction);
    uint32_t* row = words.Data() + i * kWordsPerInstruction;
    row[0] = instruction.code;
    row[1] = instruction.jt;
    row[2] = instruction.jf;
    row[3] = instruction.k;
  }
  Napi::Object result = Napi::Object::New(env);
  result.Set("instructions", words);
  return result;
}

// compileLive(text, interface, snap length, spare socket?) -> {instructions} or {error}
Napi::Value CompileLive(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  Arguments arguments(info);
  const std::string text = arguments.Text("a filter", kTextMax);
  const std::string name = arguments.Text("an interface", kNameMax);
  const int64_t snaplen = arguments.Whole("a snap length", 1, 262144);
  const int spare =
      arguments.Given() ? static_cast<int>(arguments.Whole("a descriptor or -1", -1, INT32_MAX)) : -1;
  if (arguments.Wrong()) return env.Undefined();
  if (spare >= 0 && !IsPacketSocket(spare)) return Failed(env, "the spare is no packet socket");

  int ends[2];
  if (pipe(ends) != 0) return Failed(env, ErrorName(errno) + ": pipe");
  for (const int end : ends) fcntl(end, F_SETFD, FD_CLOEXEC);
  const std::string path = Beside("onlooker-compile");
  if (spare >= 0) ResetPacketSocket(spare);
  pid_t child = 0;
  const int error = Start(
      &child, {path, std::to_string(spare), name, std::to_string(snaplen), text}, spare, ends[1]);
  close(ends[1]);
  const std::string said = error == 0 ? ReadAll(ends[0]) : "";
  close(ends[0]);
  if (error != 0) return Failed(env, ErrorName(error) + ": " + path);
  const int status = StatusOf(child);
  // The socket is the same one that the program has given a ring and an interface.
  if (spare >= 0) ResetPacketSocket(spare);
  return Answer(env, status, said);
}

}  // namespace

void OfferCompileLive(Napi::Env env, Napi::Object exports) {
  exports.Set("compileLive", Napi::Function::New(env, CompileLive));
}
