// Handles of libpcap on interfaces: for systems without rings and link types without frames.

#include <pcap/pcap.h>
#include <poll.h>

#include <cerrno>
#include <cstring>

#include "calls.h"

namespace {

constexpr size_t kNameMax = 255;
constexpr size_t kTextMax = 65536;
constexpr size_t kRecordBytes = 16;
// What the kernel may hold for us: a quarter of a second at a million small frames a second.
constexpr int kBufferBytes = 64 << 20;
// A block that is not full is handed over after this long. At low rates each block holds no more
// than comes in that time, so that this, and not the bytes, is how long nobody need look.
constexpr int kBlockMs = 50;
// A worker whose end was asked for waits no longer than this.
constexpr int kWaitMax = 1000;
constexpr napi_type_tag kTag{0x6f6e6c6f6f6b6572, 0x70636170686e646c};

struct Live {
  pcap_t* pcap = nullptr;
  bool incoming_only = false;
  int timeout_ms = 0;
  size_t snaplen = 0;

  void Close() {
    if (pcap != nullptr) pcap_close(pcap);
    pcap = nullptr;
  }
};

// libpcap's statuses as the system's errors; it has no number for most.
int ErrorOf(int status) {
  switch (status) {
    case PCAP_ERROR_PERM_DENIED:
    case PCAP_ERROR_PROMISC_PERM_DENIED:
      return EPERM;
    case PCAP_ERROR_NO_SUCH_DEVICE:
      return ENODEV;
    case PCAP_ERROR_IFACE_NOT_UP:
      return ENETDOWN;
    default:
      return EIO;
  }
}

Napi::Value Said(Napi::Env env, pcap_t* pcap, int status, const std::string& step) {
  const char* why = pcap_geterr(pcap);
  const bool told = why != nullptr && why[0] != '\0';
  return Refuse(env, ErrorOf(status), step + ": " + (told ? why : pcap_statustostr(status)));
}

Napi::Value Attach(Napi::Env env, pcap_t* pcap, const std::string& filter) {
  bpf_program program{};
  if (pcap_compile(pcap, &program, filter.c_str(), 1, PCAP_NETMASK_UNKNOWN) != 0) {
    Napi::Value said = Said(env, pcap, PCAP_ERROR, "filter");
    said.As<Napi::Object>().Set("code", ErrorName(EINVAL));
    return said;
  }
  const int status = pcap_setfilter(pcap, &program);
  pcap_freecode(&program);
  return status == 0 ? env.Undefined() : Said(env, pcap, status, "filter");
}

// Undefined, or why it didn't activate.
Napi::Value Activate(Napi::Env env, const Live& live, bool promiscuous, const std::string& filter) {
  pcap_set_snaplen(live.pcap, static_cast<int>(live.snaplen));
  pcap_set_promisc(live.pcap, promiscuous ? 1 : 0);
  pcap_set_timeout(live.pcap, kBlockMs);
  // Where so much can't be had, libpcap takes what there is.
  pcap_set_buffer_size(live.pcap, kBufferBytes);
  const int status = pcap_activate(live.pcap);
  if (status < 0) return Said(env, live.pcap, status, "activate");
  char why[PCAP_ERRBUF_SIZE] = "";
  if (pcap_setnonblock(live.pcap, 1, why) != 0) return Refuse(env, EIO, why);
  // Not every system can tell: then what this machine sends is heard as well.
  if (live.incoming_only) pcap_setdirection(live.pcap, PCAP_D_IN);
  return Attach(env, live.pcap, filter);
}

void Drop(napi_env, void* data, void*) {
  Live* live = static_cast<Live*>(data);
  live->Close();
  delete live;
}

Napi::Value HandleOpen(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  Arguments arguments(info);
  const std::string name = arguments.Text("an interface", kNameMax);
  const Napi::Object options = arguments.Object("options");
  Live opened;
  opened.snaplen = static_cast<size_t>(arguments.WholeOf(options, "snaplen", 64, 262144));
  opened.timeout_ms = static_cast<int>(arguments.WholeOf(options, "timeout_ms", 1, kWaitMax));
  const bool promiscuous = arguments.FlagOf(options, "promiscuous");
  opened.incoming_only = options.Has("incoming_only") && arguments.FlagOf(options, "incoming_only");
  const std::string filter = arguments.TextOf(options, "filter", kTextMax);
  if (arguments.Wrong()) return env.Undefined();

  char why[PCAP_ERRBUF_SIZE] = "";
  opened.pcap = pcap_create(name.c_str(), why);
  if (opened.pcap == nullptr) return Refuse(env, ENODEV, std::string("create: ") + why);
  const Napi::Value refused = Activate(env, opened, promiscuous, filter);
  if (!refused.IsUndefined()) {
    opened.Close();
    return refused;
  }
  Napi::Object handle = Napi::Object::New(env);
  handle.Set("handle", true);
  Live* live = new Live(opened);
  if (napi_wrap(env, handle, live, Drop, nullptr, nullptr) != napi_ok) {
    Drop(env, live, nullptr);
    return Refuse(env, ENOMEM, "handle");
  }
  napi_type_tag_object(env, handle, &kTag);
  return handle;
}

// What the first argument stands for; nullptr for anything but a handle, which JavaScript is told.
Live* LiveOf(const Napi::CallbackInfo& info) {
  bool ours = false;
  void* live = nullptr;
  if (info.Length() > 0 && info[0].IsObject()) {
    napi_check_object_type_tag(info.Env(), info[0], &kTag, &ours);
    if (ours) napi_unwrap(info.Env(), info[0], &live);
  }
  if (live == nullptr) {
    Napi::TypeError::New(info.Env(), "expected a handle").ThrowAsJavaScriptException();
  }
  return static_cast<Live*>(live);
}

Napi::Value HandleLink(const Napi::CallbackInfo& info) {
  const Live* live = LiveOf(info);
  if (live == nullptr) return info.Env().Undefined();
  return Napi::Number::New(info.Env(), live->pcap == nullptr ? -1 : pcap_datalink(live->pcap));
}

// Where the next record goes, and what room is left behind it.
struct Chunk {
  Live* live;
  uint8_t* bytes;
  size_t used;
  size_t room;
};

void TakeFrame(u_char* user, const pcap_pkthdr* header, const u_char* frame) {
  Chunk* chunk = reinterpret_cast<Chunk*>(user);
  const size_t left = chunk->room - chunk->used;
  if (left < kRecordBytes) return;
  const size_t most = left - kRecordBytes;
  const uint32_t length =
      header->caplen < most ? header->caplen : static_cast<uint32_t>(most);
  const uint32_t record[4] = {static_cast<uint32_t>(header->ts.tv_sec),
                              static_cast<uint32_t>(header->ts.tv_usec), length, header->len};
  memcpy(chunk->bytes + chunk->used, record, kRecordBytes);
  memcpy(chunk->bytes + chunk->used + kRecordBytes, frame, length);
  chunk->used += kRecordBytes + length;
  // The next frame may be as long as frames can be: it stays where it is until there's room.
  if (chunk->room - chunk->used < kRecordBytes + chunk->live->snaplen) {
    pcap_breakloop(chunk->live->pcap);
  }
}

void WaitFor(const Live& live) {
  const int descriptor = pcap_get_selectable_fd(live.pcap);
  pollfd polled{descriptor, POLLIN, 0};
  poll(&polled, descriptor < 0 ? 0 : 1, live.timeout_ms);
}

Napi::Value HandleRead(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  Live* live = LiveOf(info);
  if (live == nullptr) return env.Undefined();
  Arguments arguments(info);
  arguments.Object("a handle");
  size_t room = 0;
  uint8_t* bytes = arguments.Elements<uint8_t>("a chunk as a Uint8Array", napi_uint8_array,
                                               kRecordBytes + live->snaplen, &room);
  if (arguments.Wrong()) return env.Undefined();
  if (live->pcap == nullptr) return Refuse(env, EBADF, "read");

  Chunk chunk{live, bytes, 0, room};
  u_char* user = reinterpret_cast<u_char*>(&chunk);
  int status = pcap_dispatch(live->pcap, -1, TakeFrame, user);
  if (status == 0 && chunk.used == 0) {
    WaitFor(*live);
    status = pcap_dispatch(live->pcap, -1, TakeFrame, user);
  }
  // An error comes again; what was read before it does not.
  if (status < 0 && status != PCAP_ERROR_BREAK && chunk.used == 0) {
    return Said(env, live->pcap, status, "read");
  }
  return Napi::Number::New(env, static_cast<double>(chunk.used));
}

Napi::Value HandleStatistics(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const Live* live = LiveOf(info);
  if (live == nullptr) return env.Undefined();
  Arguments arguments(info);
  arguments.Object("a handle");
  size_t room = 0;
  uint32_t* into =
      arguments.Elements<uint32_t>("room for three in a Uint32Array", napi_uint32_array, 3, &room);
  if (arguments.Wrong()) return env.Undefined();
  if (live->pcap == nullptr) return Refuse(env, EBADF, "statistics");
  pcap_stat counts{};
  if (pcap_stats(live->pcap, &counts) != 0) {
    return Said(env, live->pcap, PCAP_ERROR, "statistics");
  }
  into[0] = counts.ps_recv;
  into[1] = counts.ps_drop;
  into[2] = counts.ps_ifdrop;
  return env.Undefined();
}

Napi::Value HandleClose(const Napi::CallbackInfo& info) {
  Live* live = LiveOf(info);
  if (live != nullptr) live->Close();
  return info.Env().Undefined();
}

}  // namespace

void OfferHandle(Napi::Env env, Napi::Object exports) {
  exports.Set("handleOpen", Napi::Function::New(env, HandleOpen));
  exports.Set("handleLink", Napi::Function::New(env, HandleLink));
  exports.Set("handleRead", Napi::Function::New(env, HandleRead));
  exports.Set("handleStatistics", Napi::Function::New(env, HandleStatistics));
  exports.Set("handleClose", Napi::Function::New(env, HandleClose));
}
