// The interfaces of this machine, as the system lists them.

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>
#ifdef __linux__
#include <linux/if_packet.h>
#else
#include <net/if_dl.h>
#include <net/if_types.h>
#endif

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <map>

#include "calls.h"

namespace {

constexpr unsigned kMacBytes = 6;
constexpr int kEthernet = 1;

struct Seen {
  std::string name;
  std::string mac;
  std::vector<std::string> addresses;
  unsigned flags = 0;
  int mtu = 0;
  int hardware = 0;
};

std::string Mac(const unsigned char* bytes, unsigned length) {
  if (length != kMacBytes) return "";
  char text[18];
  snprintf(text, sizeof text, "%02x:%02x:%02x:%02x:%02x:%02x", bytes[0], bytes[1], bytes[2],
           bytes[3], bytes[4], bytes[5]);
  return strcmp(text, "00:00:00:00:00:00") == 0 ? "" : text;
}

void TakeAddress(const sockaddr* address, Seen* seen) {
  char text[INET6_ADDRSTRLEN];
  if (address->sa_family == AF_INET) {
    const auto* inet = reinterpret_cast<const sockaddr_in*>(address);
    inet_ntop(AF_INET, &inet->sin_addr, text, sizeof text);
    seen->addresses.push_back(text);
  } else if (address->sa_family == AF_INET6) {
    const auto* inet = reinterpret_cast<const sockaddr_in6*>(address);
    inet_ntop(AF_INET6, &inet->sin6_addr, text, sizeof text);
    seen->addresses.push_back(text);
#ifdef __linux__
  } else if (address->sa_family == AF_PACKET) {
    const auto* link = reinterpret_cast<const sockaddr_ll*>(address);
    seen->mac = Mac(link->sll_addr, link->sll_halen);
    seen->hardware = link->sll_hatype;
#else
  } else if (address->sa_family == AF_LINK) {
    const auto* link = reinterpret_cast<const sockaddr_dl*>(address);
    seen->mac = Mac(reinterpret_cast<const unsigned char*>(LLADDR(link)), link->sdl_alen);
    seen->hardware = link->sdl_type == IFT_ETHER ? kEthernet : link->sdl_type;
#endif
  }
}

#ifdef __linux__
// A number that the kernel shows of an interface, or `otherwise`.
unsigned Shown(const std::string& name, const char* what, unsigned otherwise) {
  const std::string path = "/sys/class/net/" + name + "/" + what;
  FILE* file = fopen(path.c_str(), "re");
  if (file == nullptr) return otherwise;
  int number = 0;
  const bool read = fscanf(file, "%i", &number) == 1;
  fclose(file);
  return read ? static_cast<unsigned>(number) : otherwise;
}

// To an ioctl, an interface is promiscuous only if a person made it so; whether a program listens
// to all of it, sysfs says. That one may show another network namespace than ours.
unsigned Promiscuous(const std::string& name, unsigned index, unsigned flags) {
  const bool ours = Shown(name, "ifindex", 0) == index;
  return (ours ? Shown(name, "flags", flags) : flags) & IFF_PROMISC;
}
#else
unsigned Promiscuous(const std::string&, unsigned, unsigned flags) { return flags & IFF_PROMISC; }
#endif

int Mtu(int any, const std::string& name) {
  ifreq request{};
  strncpy(request.ifr_name, name.c_str(), sizeof request.ifr_name - 1);
  return ioctl(any, SIOCGIFMTU, &request) == 0 ? request.ifr_mtu : 0;
}

// By index, or an empty list with errno.
bool List(std::map<unsigned, Seen>* list) {
  ifaddrs* first = nullptr;
  if (getifaddrs(&first) != 0) return false;
  for (const ifaddrs* entry = first; entry != nullptr; entry = entry->ifa_next) {
    const unsigned index = if_nametoindex(entry->ifa_name);
    if (index == 0) continue;
    Seen& seen = (*list)[index];
    seen.name = entry->ifa_name;
    seen.flags = entry->ifa_flags;
    if (entry->ifa_addr != nullptr) TakeAddress(entry->ifa_addr, &seen);
  }
  freeifaddrs(first);
  return true;
}

Napi::Object Told(Napi::Env env, unsigned index, const Seen& seen) {
  Napi::Array addresses = Napi::Array::New(env);
  for (uint32_t i = 0; i < seen.addresses.size(); i++) addresses.Set(i, seen.addresses[i]);
  Napi::Object told = Napi::Object::New(env);
  told.Set("name", seen.name);
  told.Set("index", index);
  told.Set("mac", seen.mac);
  told.Set("addresses", addresses);
  told.Set("up", (seen.flags & IFF_UP) != 0);
  told.Set("running", (seen.flags & IFF_RUNNING) != 0);
  told.Set("loopback", (seen.flags & IFF_LOOPBACK) != 0);
  told.Set("promiscuous", Promiscuous(seen.name, index, seen.flags) != 0);
  told.Set("mtu", seen.mtu);
  told.Set("hardware", seen.hardware);
  return told;
}

Napi::Value Interfaces(const Napi::CallbackInfo& info) {
  std::map<unsigned, Seen> list;
  if (!List(&list)) {
    Napi::Error::New(info.Env(), ErrorName(errno) + ": getifaddrs").ThrowAsJavaScriptException();
    return info.Env().Undefined();
  }
  const int any = socket(AF_INET, SOCK_DGRAM, 0);
  Napi::Array told = Napi::Array::New(info.Env());
  for (auto& [index, seen] : list) {
    seen.mtu = Mtu(any, seen.name);
    told.Set(told.Length(), Told(info.Env(), index, seen));
  }
  if (any >= 0) close(any);
  return told;
}

}  // namespace

void OfferInterfaces(Napi::Env env, Napi::Object exports) {
  exports.Set("interfaces", Napi::Function::New(env, Interfaces));
}
