/*
 * onlooker-compile: compiles one filter on a live interface and writes its program to stdout.
 *
 *   onlooker-compile SOCKET INTERFACE SNAPLEN FILTER
 *
 * On Linux a VLAN tag lies beside the frame, and libpcap compiles `vlan` for that only on a handle it
 * has activated, for which it opens a packet socket. Who has dropped the privilege can't open one;
 * but it may lend one that it was left (SOCKET, or -1). This is a program of its own because the
 * `socket` of a program is the one that its libraries find first.
 *
 * Status 0: the program, 8 bytes an instruction; 1: one line that says what is wrong.
 */

#define _GNU_SOURCE
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define SECONDS_MAX 10

#ifdef __linux__
#include <sys/socket.h>
#include <sys/syscall.h>

static int lent = -1;

/* libpcap asks for the lent socket first; whatever else it asks for is the system's to give. */
int socket(int domain, int type, int protocol) {
  if (domain == AF_PACKET && lent >= 0) {
    const int given = lent;
    lent = -1;
    return given;
  }
  return (int)syscall(SYS_socket, domain, type, protocol);
}

static void lend(int descriptor) { lent = descriptor; }
#else
static void lend(int descriptor) { (void)descriptor; }
#endif

static int fail(const char *why) {
  fputs(why, stdout);
  return 1;
}

static int compile(pcap_t *handle, const char *filter) {
  struct bpf_program program;
  if (pcap_compile(handle, &program, filter, 1, PCAP_NETMASK_UNKNOWN) != 0) {
    return fail(pcap_geterr(handle));
  }
  const size_t wrote = fwrite(program.bf_insns, sizeof *program.bf_insns, program.bf_len, stdout);
  return wrote == program.bf_len && fflush(stdout) == 0 ? 0 : 1;
}

int main(int argc, char **argv) {
  if (argc != 5) return fail("onlooker-compile SOCKET INTERFACE SNAPLEN FILTER");
  alarm(SECONDS_MAX);
  lend(atoi(argv[1]));
  char why[PCAP_ERRBUF_SIZE] = "";
  pcap_t *handle = pcap_create(argv[2], why);
  if (handle == NULL) return fail(why);
  pcap_set_snaplen(handle, atoi(argv[3]));
  pcap_set_timeout(handle, 100);
  /* Nothing is ever read from it: as small as libpcap makes it. */
  pcap_set_buffer_size(handle, 65536);
  const int status = pcap_activate(handle);
  if (status >= 0) return compile(handle, argv[4]);
  const char *told = pcap_geterr(handle);
  return fail(told[0] == '\0' ? pcap_statustostr(status) : told);
}
