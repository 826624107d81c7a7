/*
 * onlooker-send INTERFACE [PER_SECOND SECONDS]: sends frames for the tests. They come on stdin, each
 * behind its length in two bytes, the higher first. Without a rate each is sent once, in order; with
 * one they are sent over and over for that long, at that pace or, if it is 0, as fast as it goes, and
 * what was sent is told at the end: frames, bytes, seconds.
 */

#define _GNU_SOURCE
#include <errno.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* Sent with one call; at low rates fewer. */
enum { TOGETHER = 32, FRAMES_MAX = 4 << 20, NAP_NS = 50000 };
/* At this rate and above it never sleeps. */
static const double RESTLESS = 200000;

static int out;
static struct iovec frames[FRAMES_MAX];
static size_t count;
static unsigned long sent, bytes;

static double now(void) {
  struct timespec at;
  clock_gettime(CLOCK_MONOTONIC, &at);
  return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

static int open_on(const char *name) {
  const struct sockaddr_ll to = {.sll_family = AF_PACKET, .sll_ifindex = (int)if_nametoindex(name)};
  out = socket(AF_PACKET, SOCK_RAW, 0);
  if (out < 0 || to.sll_ifindex == 0) return -1;
  return bind(out, (const struct sockaddr *)&to, sizeof to);
}

/* Past what queues and drops, and past whoever listens on this side. */
static int bypass(void) {
  const int yes = 1;
  return setsockopt(out, SOL_PACKET, PACKET_QDISC_BYPASS, &yes, sizeof yes) == 0;
}

/* All frames of stdin; false if it ends within one. */
static int take(void) {
  for (int high = getchar(); high != EOF && count < FRAMES_MAX; high = getchar()) {
    const size_t length = (size_t)high << 8 | (size_t)getchar();
    unsigned char *frame = malloc(length + 1);
    if (frame == NULL || fread(frame, 1, length, stdin) != length) return 0;
    frames[count++] = (struct iovec){.iov_base = frame, .iov_len = length};
  }
  return 1;
}

/* Sends so many frames, beginning with the one that is next; false if the system refuses. */
static int send_some(size_t next, unsigned many) {
  struct mmsghdr together[TOGETHER];
  memset(together, 0, sizeof together);
  for (unsigned i = 0; i < many; i++) {
    together[i].msg_hdr.msg_iov = &frames[(next + i) % count];
    together[i].msg_hdr.msg_iovlen = 1;
    bytes += frames[(next + i) % count].iov_len;
  }
  for (unsigned done = 0; done < many;) {
    const int more = sendmmsg(out, together + done, many - done, 0);
    if (more > 0) done += (unsigned)more;
    else if (errno != ENOBUFS && errno != EAGAIN && errno != EINTR) return 0;
  }
  sent += many;
  return 1;
}

static int send_once(void) {
  while (sent < count) {
    const size_t left = count - sent;
    if (!send_some(sent, left < TOGETHER ? (unsigned)left : TOGETHER)) return 0;
  }
  return 1;
}

static int send_paced(double rate, double seconds) {
  const struct timespec nap = {.tv_nsec = NAP_NS};
  if (!bypass()) return 0;
  const double begun = now();
  double at = begun;
  for (; at - begun < seconds; at = now()) {
    const double due = rate > 0 ? (at - begun) * rate - (double)sent : TOGETHER;
    if (due >= 1) {
      if (!send_some(sent % count, due < TOGETHER ? (unsigned)due : TOGETHER)) return 0;
    } else if (rate < RESTLESS) {
      nanosleep(&nap, NULL);
    }
  }
  printf("%lu %lu %.3f\n", sent, bytes, at - begun);
  return 1;
}

int main(int argc, char **argv) {
  if (argc != 2 && argc != 4) return 1;
  if (open_on(argv[1]) != 0 || !take()) {
    perror("onlooker-send");
    return 1;
  }
  if (count > 0 && !(argc == 2 ? send_once() : send_paced(atof(argv[2]), atof(argv[3])))) {
    perror("onlooker-send");
    return 1;
  }
  return 0;
}
