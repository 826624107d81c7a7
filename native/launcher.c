/*
 * onlooker-launch: opens the packet sockets, gives up every privilege, and runs a command.
 *
 *   onlooker-launch [--sockets N] [--user NAME|UID[:GID]] [--] COMMAND [ARGUMENT...]
 *
 * Opening is all that needs CAP_NET_RAW: the command binds, maps and filters the sockets it finds at
 * $ONLOOKER_SOCKETS (FIRST-LAST). They hear nothing before that. It can't send on them: a seccomp
 * filter, which it can't take off, refuses every call that writes to these numbers or copies them to
 * others. What such a filter can't see is a socket passed to oneself in a message (SCM_RIGHTS).
 * The environment and all other descriptors stay as they are. Status 77: it may not open sockets.
 */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pwd.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/if_packet.h>

enum { FAILED = 1, WRONG_CALL = 2, MAY_NOT = 77 };
enum { FIRST = 100, SOCKETS = 64, SOCKETS_MAX = 512, SPARE_NUMBERS = 1024 };

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#define X32_FIRST 0x40000000u
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#define X32_FIRST 0xffffffffu
#else
#error "the filter knows the calls of x86_64 and aarch64 only"
#endif

static void end(int status, const char *what, const char *where, const char *mend) {
  fprintf(stderr, "onlooker: %s: %s: %s\n", what, where, mend);
  exit(status);
}

static void must(int result, const char *what) {
  if (result < 0) end(FAILED, "cannot start", what, strerror(errno));
}

static long number(const char *text, char **rest) {
  errno = 0;
  const long value = strtol(text, rest, 10);
  return *rest == text || errno != 0 || value < 0 || value > 0x7ffffffe ? -1 : value;
}

/* What of a call is compared with the range of the sockets. */
struct rule {
  int call;
  int argument;
};
enum { ALWAYS = -1, COPY_COMMAND = -2 };

static const struct rule RULES[] = {
#ifdef SYS_dup2
    {SYS_dup2, 0},
#endif
    {SYS_write, 0},    {SYS_writev, 0},   {SYS_fcntl, COPY_COMMAND}, {SYS_sendto, 0},
    {SYS_sendmsg, 0},  {SYS_sendmmsg, 0}, {SYS_pwrite64, 0},         {SYS_pwritev, 0},
    {SYS_pwritev2, 0}, {SYS_sendfile, 0}, {SYS_splice, 2},           {SYS_tee, 1},
    {SYS_dup, 0},      {SYS_dup3, 0},     {SYS_pidfd_getfd, ALWAYS}, {SYS_io_uring_setup, ALWAYS},
    {SYS_io_setup, ALWAYS},
};
enum { RULES_COUNT = sizeof RULES / sizeof *RULES, STEPS_MAX = 6 + 10 * RULES_COUNT };

#define STEP(code, k) ((struct sock_filter)BPF_STMT(code, k))
#define JUMP(code, k, yes, no) ((struct sock_filter)BPF_JUMP(code, k, yes, no))
#define LOAD BPF_LD | BPF_W | BPF_ABS
#define IS BPF_JMP | BPF_JEQ | BPF_K
#define FROM BPF_JMP | BPF_JGE | BPF_K
#define ABOVE BPF_JMP | BPF_JGT | BPF_K
#define RETURN BPF_RET | BPF_K
/* The kernel takes descriptors as 32 bits; both architectures have these first. */
#define ARGUMENT(i) (offsetof(struct seccomp_data, args) + 8 * (i))
#define REFUSE(error) (SECCOMP_RET_ERRNO | (error))

static struct sock_filter *add_rule(struct sock_filter *to, struct rule rule, int first, int last) {
  const struct sock_filter *const skip = to++;
  if (rule.argument == ALWAYS) {
    /* Who gets ENOSYS goes on without. */
    *to++ = STEP(RETURN, REFUSE(rule.call == SYS_pidfd_getfd ? EPERM : ENOSYS));
  } else {
    if (rule.argument == COPY_COMMAND) {
      *to++ = STEP(LOAD, ARGUMENT(1));
      *to++ = JUMP(IS, F_DUPFD, 2, 0);
      *to++ = JUMP(IS, F_DUPFD_CLOEXEC, 1, 0);
      *to++ = STEP(RETURN, SECCOMP_RET_ALLOW);
    }
    *to++ = STEP(LOAD, ARGUMENT(rule.argument == COPY_COMMAND ? 0 : rule.argument));
    *to++ = JUMP(FROM, (unsigned)first, 0, 2);
    *to++ = JUMP(ABOVE, (unsigned)last, 1, 0);
    *to++ = STEP(RETURN, REFUSE(EPERM));
    *to++ = STEP(RETURN, SECCOMP_RET_ALLOW);
  }
  *(struct sock_filter *)skip = JUMP(IS, (unsigned)rule.call, 0, (unsigned char)(to - skip - 1));
  return to;
}

static void refuse_sending(int first, int last) {
  struct sock_filter steps[STEPS_MAX];
  struct sock_filter *to = steps;
  *to++ = STEP(LOAD, offsetof(struct seccomp_data, arch));
  *to++ = JUMP(IS, ARCHITECTURE, 1, 0);
  *to++ = STEP(RETURN, REFUSE(EPERM));
  *to++ = STEP(LOAD, offsetof(struct seccomp_data, nr));
  *to++ = JUMP(FROM, X32_FIRST, 0, 1);
  *to++ = STEP(RETURN, REFUSE(EPERM));
  for (int i = 0; i < RULES_COUNT; i++) to = add_rule(to, RULES[i], first, last);
  *to++ = STEP(RETURN, SECCOMP_RET_ALLOW);
  const struct sock_fprog program = {(unsigned short)(to - steps), steps};
  must((int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program), "seccomp");
}

static void raise_limit(int count) {
  struct rlimit limit;
  const rlim_t wanted = FIRST + (rlim_t)count + SPARE_NUMBERS;
  must(getrlimit(RLIMIT_NOFILE, &limit), "limit of open files");
  if (limit.rlim_cur >= wanted) return;
  const struct rlimit more = {wanted, limit.rlim_max > wanted ? limit.rlim_max : wanted};
  if (setrlimit(RLIMIT_NOFILE, &more) == 0) return;
  limit.rlim_cur = limit.rlim_max < wanted ? limit.rlim_max : wanted;
  setrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur < FIRST + (rlim_t)count) {
    end(FAILED, "cannot start", "too few open files allowed", "raise ulimit -n or LimitNOFILE=");
  }
}

/* The lowest `count` numbers in a row, from FIRST up, that are free. */
static int free_row(int count) {
  int first = FIRST;
  for (int i = first; i - first < count; i++) {
    if (fcntl(i, F_GETFD) >= 0) first = i + 1;
  }
  return first;
}

static int open_sockets(int count) {
  const int first = free_row(count);
  for (int i = first; i < first + count; i++) {
    const int made = socket(AF_PACKET, SOCK_RAW, 0);
    if (made < 0 && errno == EPERM) {
      end(MAY_NOT, "may not capture", "packet sockets need CAP_NET_RAW",
          "run as root, or setcap cap_net_raw+ep on onlooker-launch");
    }
    must(made, "packet socket");
    if (made == i) continue;
    must(dup2(made, i), "descriptor of a packet socket");
    close(made);
  }
  return first;
}

static void change_user(const char *user) {
  char *rest = "";
  long uid = number(user, &rest);
  long gid = uid;
  if (uid >= 0 && *rest == ':') gid = number(rest + 1, &rest);
  if (uid < 0) {
    const struct passwd *found = getpwnam(user);
    if (found == NULL) end(WRONG_CALL, "no such user", user, "name an existing one, or UID:GID");
    uid = found->pw_uid;
    gid = found->pw_gid;
  } else if (gid < 0 || *rest != '\0') {
    end(WRONG_CALL, "wrong user", user, "give NAME or UID:GID");
  }
  must(setgroups(0, NULL), "groups");
  must(setresgid((gid_t)gid, (gid_t)gid, (gid_t)gid), "group");
  must(setresuid((uid_t)uid, (uid_t)uid, (uid_t)uid), "user");
}

static void drop_privileges(const char *user) {
  /* Dropping these needs CAP_SETPCAP; who hasn't got that gains nothing by exec either, as below. */
  for (int i = 0; prctl(PR_CAPBSET_READ, i, 0, 0, 0) >= 0; i++) prctl(PR_CAPBSET_DROP, i, 0, 0, 0);
  if (user != NULL) change_user(user);
  must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs");
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  const struct __user_cap_data_struct none[2] = {{0, 0, 0}, {0, 0, 0}};
  must((int)syscall(SYS_capset, &header, none), "capabilities");
  /* Kernels before 4.3 have no ambient set. */
  prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
}

static void wrong_call(void) {
  fputs("usage: onlooker-launch [--sockets N] [--user NAME|UID[:GID]] [--] COMMAND [ARGUMENT...]\n",
        stderr);
  exit(WRONG_CALL);
}

int main(int argc, char **argv) {
  long count = SOCKETS;
  const char *user = NULL;
  int at = 1;
  for (; at < argc && strncmp(argv[at], "--", 2) == 0; at += 2) {
    if (strcmp(argv[at], "--") == 0) break;
    if (at + 1 == argc) wrong_call();
    char *rest = "";
    if (strcmp(argv[at], "--user") == 0) user = argv[at + 1];
    else if (strcmp(argv[at], "--sockets") == 0) count = number(argv[at + 1], &rest);
    else wrong_call();
    if (*rest != '\0') wrong_call();
  }
  if (at < argc && strcmp(argv[at], "--") == 0) at++;
  if (at >= argc || count < 1 || count > SOCKETS_MAX) wrong_call();

  raise_limit((int)count);
  const int first = open_sockets((int)count);
  const int last = first + (int)count - 1;
  drop_privileges(user);
  refuse_sending(first, last);
  char range[32];
  snprintf(range, sizeof range, "%d-%d", first, last);
  must(setenv("ONLOOKER_SOCKETS", range, 1), "environment");
  execvp(argv[at], argv + at);
  end(FAILED, "cannot run", argv[at], strerror(errno));
}
