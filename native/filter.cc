// Compiles a filter expression to classic BPF with libpcap. The program is run in TypeScript: no
// frame comes here.

#include <pcap/pcap.h>

#include <cstdio>
#include <memory>
#include <string>

#include "calls.h"

namespace {

constexpr size_t kTextMax = 65536;

struct CloseHandle {
  void operator()(pcap_t* handle) const { pcap_close(handle); }
};

struct FreeProgram {
  void operator()(bpf_program* program) const { pcap_freecode(program); }
};

Napi::Value Wrong(Napi::Env env, const std::string& why) {
  Napi::Object result = Napi::Object::New(env);
  result.Set("error", Napi::String::New(env, why));
  return result;
}

Napi::Value Instructions(Napi::Env env, const bpf_program& program) {
  Napi::Uint32Array words =
      Napi::Uint32Array::New(env, program.bf_len * kWordsPerInstruction);
  for (size_t i = 0; i < program.bf_len; i++) {
    const bpf_insn& instruction = program.bf_insns[i];
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

// A handle as if a capture of that link type had been opened: libpcap knows then that the frames may
// come from another system (address families of the loopback differ), and turns the number that
// files carry into its own.
pcap_t* OpenAsFile(int link, int snaplen, char* why) {
  pcap_file_header header{};
  header.magic = 0xa1b2c3d4;
  header.version_major = PCAP_VERSION_MAJOR;
  header.version_minor = PCAP_VERSION_MINOR;
  header.snaplen = static_cast<bpf_u_int32>(snaplen);
  header.linktype = static_cast<bpf_u_int32>(link);
  FILE* file = fmemopen(&header, sizeof header, "rb");
  if (file == nullptr) return nullptr;
  pcap_t* handle = pcap_fopen_offline(file, why);
  if (handle == nullptr) fclose(file);
  return handle;
}

// compile(text, link type, snap length) -> {instructions} or {error}
Napi::Value Compile(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  if (info.Length() != 3 || !info[0].IsString() || !info[1].IsNumber() || !info[2].IsNumber()) {
    return Wrong(env, "expected a text, a link type and a snap length");
  }
  const std::string text = info[0].As<Napi::String>().Utf8Value();
  if (text.size() > kTextMax) return Wrong(env, "longer than 65,536 bytes");
  if (text.find('\0') != std::string::npos) return Wrong(env, "holds a zero byte");

  const int link = info[1].As<Napi::Number>().Int32Value();
  const int snaplen = info[2].As<Napi::Number>().Int32Value();
  char why[PCAP_ERRBUF_SIZE] = "out of memory";
  std::unique_ptr<pcap_t, CloseHandle> handle(OpenAsFile(link, snaplen, why));
  if (!handle) return Wrong(env, why);

  bpf_program program{};
  if (pcap_compile(handle.get(), &program, text.c_str(), 1, PCAP_NETMASK_UNKNOWN) != 0) {
    return Wrong(env, pcap_geterr(handle.get()));
  }
  std::unique_ptr<bpf_program, FreeProgram> owned(&program);
  return Instructions(env, program);
}

}  // namespace

void OfferFilter(Napi::Env env, Napi::Object exports) {
  exports.Set("compile", Napi::Function::New(env, Compile));
}
