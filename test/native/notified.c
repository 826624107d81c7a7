/*
 * onlooker-notified PATH: what the service manager would hear. Binds a datagram socket there, which
 * node can't, and writes every notice to stdout, its lines as they are and an empty one behind.
 */

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int main(int argc, char **argv) {
  static char notice[65536];
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  const int made = socket(AF_UNIX, SOCK_DGRAM, 0);
  if (argc != 2 || made < 0 || strlen(argv[1]) >= sizeof address.sun_path) return 1;
  strcpy(address.sun_path, argv[1]);
  if (bind(made, (struct sockaddr *)&address, sizeof address) != 0) return 1;
  for (;;) {
    const ssize_t length = recv(made, notice, sizeof notice - 2, 0);
    if (length < 0) return 1;
    memcpy(notice + length, "\n\n", 2);
    if (write(STDOUT_FILENO, notice, (size_t)length + 2) < 0) return 1;
  }
}
