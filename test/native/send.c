/*
 * onlooker-send INTERFACE: sends frames for the tests. They come on stdin, each behind its length in
 * two bytes, the higher first; it ends with its input.
 */

#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char **argv) {
  static unsigned char frame[65535];
  struct sockaddr_ll to = {.sll_family = AF_PACKET};
  const int made = socket(AF_PACKET, SOCK_RAW, 0);
  if (argc != 2 || made < 0) return 1;
  to.sll_ifindex = (int)if_nametoindex(argv[1]);
  if (to.sll_ifindex == 0 || bind(made, (struct sockaddr *)&to, sizeof to) != 0) return 1;
  for (int high = getchar(); high != EOF; high = getchar()) {
    const size_t length = (size_t)high << 8 | (size_t)getchar();
    if (fread(frame, 1, length, stdin) != length) return 1;
    if (send(made, frame, length, 0) != (ssize_t)length) {
      perror("onlooker-send");
      return 1;
    }
  }
  return 0;
}
