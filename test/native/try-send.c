/*
 * onlooker-try-send DESCRIPTOR INTERFACE: tries every way to send on a packet socket, or to copy its
 * descriptor in order to, and says how each ends: `send EPERM`.
 */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static const char *ending(void) {
  if (errno == EPERM) return "EPERM";
  if (errno == EBADF) return "EBADF";
  return errno == ENOSYS ? "ENOSYS" : strerror(errno);
}

static void told(const char *call, long result) {
  printf("%s %s\n", call, result >= 0 ? "done" : ending());
}

int main(int argc, char **argv) {
  if (argc != 3) return 1;
  const int it = atoi(argv[1]);
  struct sockaddr_ll to = {.sll_family = AF_PACKET, .sll_ifindex = (int)if_nametoindex(argv[2])};
  told("bind", bind(it, (struct sockaddr *)&to, sizeof to));

  static char frame[60] = {2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, (char)0x88, (char)0xb5};
  struct iovec part = {frame, sizeof frame};
  struct mmsghdr message = {.msg_hdr = {.msg_iov = &part, .msg_iovlen = 1}};
  told("send", send(it, frame, sizeof frame, 0));
  told("sendmsg", sendmsg(it, &message.msg_hdr, 0));
  told("sendmmsg", sendmmsg(it, &message, 1, 0));
  told("write", write(it, frame, sizeof frame));
  told("writev", writev(it, &part, 1));
  told("pwrite", pwrite(it, frame, sizeof frame, 0));
  told("pwritev", pwritev(it, &part, 1, 0));
  told("pwritev2", syscall(SYS_pwritev2, it, &part, 1, 0, 0, 0));

  int ends[2];
  if (pipe(ends) != 0 || write(ends[1], frame, sizeof frame) != sizeof frame) return 1;
  const int file = open("/proc/self/exe", O_RDONLY);
  told("sendfile", sendfile(it, file, NULL, 60));
  told("splice", splice(ends[0], NULL, it, NULL, 60, 0));
  told("tee", tee(ends[0], it, 60, 0));

  told("dup", dup(it));
  told("dup2", dup2(it, 90));
  told("dup3", dup3(it, 91, O_CLOEXEC));
  told("F_DUPFD", fcntl(it, F_DUPFD, 0));
  told("F_DUPFD_CLOEXEC", fcntl(it, F_DUPFD_CLOEXEC, 0));
  told("high half", syscall(SYS_write, it | 1L << 32, frame, sizeof frame));
  told("pidfd_getfd", syscall(SYS_pidfd_getfd, syscall(SYS_pidfd_open, getpid(), 0), it, 0));
  told("io_uring", syscall(SYS_io_uring_setup, 1, NULL));
  told("io_setup", syscall(SYS_io_setup, 1, NULL));
#ifdef __x86_64__
  told("x32", syscall(0x40000000 | SYS_write, it, frame, sizeof frame));
#endif
  return 0;
}
