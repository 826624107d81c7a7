// Rings of the Linux kernel (AF_PACKET, TPACKET_V3): opened, joined, filtered, mapped and counted.
// The blocks are read in JavaScript, in place; no frame passes here.

#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "calls.h"

namespace {

constexpr int64_t kBlockMax = 64 << 20;
constexpr int64_t kRingMax = int64_t{2} << 30;
// What the kernel divides a block by; V3 doesn't, and packs frames of any size.
constexpr uint32_t kFrameBytes = 2048;
// A worker whose end was asked for waits no longer than this.
constexpr int kWaitMax = 1000;
constexpr size_t kSocketsMax = 1024;
// A group's number may be 0, which in a call means none: with this bit it is told apart.
constexpr int kGroupMark = 0x10000;
// PACKET_FANOUT_FLAG_IGNORE_OUTGOING, which headers older than the kernel lack.
constexpr int kGroupIgnoresOutgoing = 0x4000;

// A ring in memory, known by where it lies, until its array buffer is gone.
struct Mapping {
  napi_env env;
  void* memory;
  size_t bytes;
};
std::mutex mappings_lock;
std::unordered_map<void*, Mapping*> mappings;

template <typename Value>
bool Set(int socket, int option, const Value& value) {
  return setsockopt(socket, SOL_PACKET, option, &value, sizeof value) == 0;
}

bool Attach(int socket, sock_filter* program, size_t count) {
  sock_fprog attached{static_cast<unsigned short>(count), program};
  return setsockopt(socket, SOL_SOCKET, SO_ATTACH_FILTER, &attached, sizeof attached) == 0;
}

bool HearNothing(int socket) {
  sock_filter nothing{BPF_RET | BPF_K, 0, 0, 0};
  return Attach(socket, &nothing, 1);
}

sockaddr_ll Address(unsigned index, uint16_t protocol) {
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_protocol = htons(protocol);
  address.sll_ifindex = static_cast<int>(index);
  return address;
}

bool Bind(int socket, const sockaddr_ll& address) {
  return bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

Napi::Value Socket(const Napi::CallbackInfo& info) {
  const int made = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
  if (made < 0) return Refuse(info.Env(), errno, "socket");
  return Napi::Number::New(info.Env(), made);
}

struct Shape {
  std::string interface;
  int64_t block_bytes;
  int64_t blocks;
  int64_t timeout_ms;
  bool promiscuous;
  bool incoming_only;
};

// The step at which it failed, or nullptr; errno says why.
const char* OpenRing(int socket, const Shape& shape) {
  const unsigned index = if_nametoindex(shape.interface.c_str());
  if (index == 0) return "interface";
  if (!Set(socket, PACKET_VERSION, int{TPACKET_V3})) return "version";
  if (!HearNothing(socket)) return "filter";

  tpacket_req3 request{};
  request.tp_block_size = static_cast<unsigned>(shape.block_bytes);
  request.tp_block_nr = static_cast<unsigned>(shape.blocks);
  request.tp_frame_size = kFrameBytes;
  request.tp_frame_nr = static_cast<unsigned>(shape.block_bytes / kFrameBytes * shape.blocks);
  request.tp_retire_blk_tov = static_cast<unsigned>(shape.timeout_ms);
  if (!Set(socket, PACKET_RX_RING, request)) return "ring";

  if (!Set(socket, PACKET_IGNORE_OUTGOING, int{shape.incoming_only})) return "incoming_only";
  if (!Bind(socket, Address(index, ETH_P_ALL))) return "bind";
  packet_mreq member{};
  member.mr_ifindex = static_cast<int>(index);
  member.mr_type = PACKET_MR_PROMISC;
  if (shape.promiscuous && !Set(socket, PACKET_ADD_MEMBERSHIP, member)) return "promiscuous";
  return nullptr;
}

Napi::Value RingOpen(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  const int socket = arguments.Descriptor();
  const Napi::Object from = arguments.Object("a ring's shape");
  const Shape shape{
      arguments.TextOf(from, "interface", IFNAMSIZ - 1),
      arguments.WholeOf(from, "block_bytes", 4096, kBlockMax),
      arguments.WholeOf(from, "blocks", 1, kRingMax / 4096),
      arguments.WholeOf(from, "timeout_ms", 1, 60000),
      arguments.FlagOf(from, "promiscuous"),
      arguments.FlagOf(from, "incoming_only"),
  };
  if (arguments.Wrong()) return info.Env().Undefined();
  if (!IsPacketSocket(socket)) return Refuse(info.Env(), ENOTSOCK, "socket");
  if (shape.block_bytes * shape.blocks > kRingMax) return Refuse(info.Env(), EINVAL, "ring");

  const char* step = OpenRing(socket, shape);
  if (step == nullptr) return info.Env().Undefined();
  const int error = errno;
  // What came before the refused step is undone, so that the socket may be tried again.
  ResetPacketSocket(socket);
  return Refuse(info.Env(), error, step);
}

Napi::Value RingJoin(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  const int socket = arguments.Descriptor();
  const int group = static_cast<int>(arguments.Whole("a group", 0, kGroupMark | 0xffff));
  if (arguments.Wrong()) return info.Env().Undefined();
  if (!IsPacketSocket(socket)) return Refuse(info.Env(), ENOTSOCK, "socket");

  // A group hears with a hook of its own: what its members ignore it must be told again.
  int ignores = 0;
  socklen_t length = sizeof ignores;
  getsockopt(socket, SOL_PACKET, PACKET_IGNORE_OUTGOING, &ignores, &length);
  int how = PACKET_FANOUT_CBPF;
  if (ignores != 0) how |= kGroupIgnoresOutgoing;
  if (group == 0) how |= PACKET_FANOUT_FLAG_UNIQUEID;
  const unsigned joined = static_cast<unsigned>(how) << 16 | (group & 0xffff);
  if (!Set(socket, PACKET_FANOUT, joined)) return Refuse(info.Env(), errno, "fanout");

  unsigned is = 0;
  length = sizeof is;
  if (getsockopt(socket, SOL_PACKET, PACKET_FANOUT, &is, &length) != 0) {
    return Refuse(info.Env(), errno, "fanout");
  }
  return Napi::Number::New(info.Env(), (is & 0xffff) | kGroupMark);
}

// What both programs of a socket have in common: `give` hands it to the kernel, which verifies it.
template <typename Give>
Napi::Value WithProgram(const Napi::CallbackInfo& info, const char* step, Give give) {
  Arguments arguments(info);
  const int socket = arguments.Descriptor();
  size_t count = 0;
  const uint32_t* words = arguments.Elements<uint32_t>("a program as a Uint32Array",
                                                       napi_uint32_array, 4, &count);
  if (arguments.Wrong()) return info.Env().Undefined();
  if (!IsPacketSocket(socket)) return Refuse(info.Env(), ENOTSOCK, "socket");
  const size_t instructions = count / kWordsPerInstruction;
  if (count % kWordsPerInstruction != 0 || instructions > BPF_MAXINSNS) {
    return Refuse(info.Env(), EINVAL, step);
  }
  std::vector<sock_filter> program(instructions);
  for (sock_filter& instruction : program) {
    if (words[0] > 0xffff || words[1] > 0xff || words[2] > 0xff) {
      return Refuse(info.Env(), EINVAL, step);
    }
    instruction = {static_cast<uint16_t>(words[0]), static_cast<uint8_t>(words[1]),
                   static_cast<uint8_t>(words[2]), words[3]};
    words += kWordsPerInstruction;
  }
  return give(socket, program) ? info.Env().Undefined() : Refuse(info.Env(), errno, step);
}

Napi::Value RingShare(const Napi::CallbackInfo& info) {
  return WithProgram(info, "fanout", [](int socket, std::vector<sock_filter>& program) {
    return Set(socket, PACKET_FANOUT_DATA,
               sock_fprog{static_cast<unsigned short>(program.size()), program.data()});
  });
}

Napi::Value RingFilter(const Napi::CallbackInfo& info) {
  return WithProgram(info, "filter", [](int socket, std::vector<sock_filter>& program) {
    return Attach(socket, program.data(), program.size());
  });
}

// Unmaps once; the mapping itself lives until its array buffer has no more use for it.
void Unmap(Mapping* mapping) {
  if (mapping->memory == nullptr) return;
  munmap(mapping->memory, mapping->bytes);
  mappings.erase(mapping->memory);
  mapping->memory = nullptr;
}

void Forget(napi_env, void*, void* hint) {
  const std::lock_guard<std::mutex> held(mappings_lock);
  std::unique_ptr<Mapping> mapping(static_cast<Mapping*>(hint));
  Unmap(mapping.get());
}

// A thread ends with what it has mapped, whatever its array buffers were told.
void EndThread(void* env) {
  const std::lock_guard<std::mutex> held(mappings_lock);
  std::vector<Mapping*> its;
  for (const auto& [memory, mapping] : mappings) {
    if (mapping->env == env) its.push_back(mapping);
  }
  for (Mapping* mapping : its) Unmap(mapping);
}

Napi::Value RingMap(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  const int socket = arguments.Descriptor();
  const size_t bytes = static_cast<size_t>(arguments.Whole("a ring's size", 4096, kRingMax));
  if (arguments.Wrong()) return info.Env().Undefined();
  if (!IsPacketSocket(socket)) return Refuse(info.Env(), ENOTSOCK, "socket");

  void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, socket, 0);
  if (memory == MAP_FAILED) return Refuse(info.Env(), errno, "map");
  // Neither a child nor a core file gets what was heard.
  madvise(memory, bytes, MADV_DONTFORK);
  madvise(memory, bytes, MADV_DONTDUMP);
  Mapping* mapping = new Mapping{info.Env(), memory, bytes};
  {
    const std::lock_guard<std::mutex> held(mappings_lock);
    mappings[memory] = mapping;
  }
  napi_value buffer;
  if (napi_create_external_arraybuffer(info.Env(), memory, bytes, Forget, mapping, &buffer) !=
      napi_ok) {
    Forget(info.Env(), nullptr, mapping);
    return Refuse(info.Env(), ENOTSUP, "map");
  }
  return Napi::Value(info.Env(), buffer);
}

Napi::Value RingUnmap(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  if (info.Length() < 1 || !info[0].IsArrayBuffer()) {
    Napi::TypeError::New(env, "expected an ArrayBuffer").ThrowAsJavaScriptException();
    return env.Undefined();
  }
  void* memory = nullptr;
  size_t bytes = 0;
  napi_get_arraybuffer_info(env, info[0], &memory, &bytes);
  {
    const std::lock_guard<std::mutex> held(mappings_lock);
    const auto found = mappings.find(memory);
    if (found == mappings.end() || found->second->env != napi_env(env)) return env.Undefined();
  }
  // First nobody can read it any more, then it goes. Detaching may run the finalizer.
  if (napi_detach_arraybuffer(env, info[0]) != napi_ok) return Refuse(env, ENOTSUP, "unmap");
  const std::lock_guard<std::mutex> held(mappings_lock);
  const auto found = mappings.find(memory);
  if (found != mappings.end() && found->second->env == napi_env(env)) Unmap(found->second);
  return env.Undefined();
}

// As poll, but goes on after a signal for what is left of the time.
int Poll(pollfd* polled, size_t count, int timeout_ms) {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point end = Clock::now() + std::chrono::milliseconds(timeout_ms);
  for (int left = timeout_ms;;) {
    const int ready = poll(polled, count, left);
    if (ready >= 0 || errno != EINTR) return ready;
    left = static_cast<int>(
        std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now()).count());
    if (left < 0) left = 0;
  }
}

Napi::Value Wait(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  size_t count = 0;
  size_t room = 0;
  const int32_t* sockets =
      arguments.Elements<int32_t>("sockets as an Int32Array", napi_int32_array, 0, &count);
  int32_t* ready =
      arguments.Elements<int32_t>("as much room in an Int32Array", napi_int32_array, count, &room);
  const int wake = static_cast<int>(arguments.Whole("a descriptor or -1", -1, INT32_MAX));
  const int timeout_ms = static_cast<int>(arguments.Whole("milliseconds", 0, INT32_MAX));
  if (arguments.Wrong()) return info.Env().Undefined();
  if (count > kSocketsMax) return Refuse(info.Env(), EINVAL, "wait");

  pollfd polled[kSocketsMax + 1];
  for (size_t i = 0; i < count; i++) polled[i] = {sockets[i], POLLIN | POLLERR, 0};
  polled[count] = {wake, POLLIN, 0};
  const bool came = Poll(polled, count + 1, timeout_ms < kWaitMax ? timeout_ms : kWaitMax) > 0;
  int those = 0;
  for (size_t i = 0; i < count; i++) {
    ready[i] = came ? polled[i].revents : 0;
    if (ready[i] != 0) those++;
  }
  return Napi::Number::New(info.Env(), those);
}

Napi::Value Statistics(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  const int socket = arguments.Descriptor();
  size_t room = 0;
  uint32_t* into =
      arguments.Elements<uint32_t>("room for three in a Uint32Array", napi_uint32_array, 3, &room);
  if (arguments.Wrong()) return info.Env().Undefined();
  tpacket_stats_v3 counts{};
  socklen_t length = sizeof counts;
  if (getsockopt(socket, SOL_PACKET, PACKET_STATISTICS, &counts, &length) != 0) {
    return Refuse(info.Env(), errno, "statistics");
  }
  into[0] = counts.tp_packets;
  into[1] = counts.tp_drops;
  into[2] = counts.tp_freeze_q_cnt;
  return info.Env().Undefined();
}

Napi::Value SocketError(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  const int socket = arguments.Descriptor();
  if (arguments.Wrong()) return info.Env().Undefined();
  int error = 0;
  socklen_t length = sizeof error;
  if (getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &length) != 0) error = errno;
  return Napi::String::New(info.Env(), error == 0 ? "" : ErrorName(error));
}

}  // namespace

bool IsPacketSocket(int descriptor) {
  int family = 0;
  socklen_t length = sizeof family;
  return getsockopt(descriptor, SOL_SOCKET, SO_DOMAIN, &family, &length) == 0 &&
         family == AF_PACKET;
}

void ResetPacketSocket(int descriptor) {
  HearNothing(descriptor);
  Bind(descriptor, Address(0, 0));
  Set(descriptor, PACKET_RX_RING, tpacket_req3{});
  Set(descriptor, PACKET_RESERVE, 0u);
  char frame;
  while (recv(descriptor, &frame, sizeof frame, MSG_DONTWAIT) >= 0) {
  }
}

void OfferRing(Napi::Env env, Napi::Object exports) {
  napi_add_env_cleanup_hook(env, EndThread, static_cast<napi_env>(env));
  exports.Set("socket", Napi::Function::New(env, Socket));
  exports.Set("ringOpen", Napi::Function::New(env, RingOpen));
  exports.Set("ringJoin", Napi::Function::New(env, RingJoin));
  exports.Set("ringShare", Napi::Function::New(env, RingShare));
  exports.Set("ringFilter", Napi::Function::New(env, RingFilter));
  exports.Set("ringMap", Napi::Function::New(env, RingMap));
  exports.Set("ringUnmap", Napi::Function::New(env, RingUnmap));
  exports.Set("wait", Napi::Function::New(env, Wait));
  exports.Set("statistics", Napi::Function::New(env, Statistics));
  exports.Set("socketError", Napi::Function::New(env, SocketError));
}
