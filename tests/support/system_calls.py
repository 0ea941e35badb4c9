"""Numbers of system calls that workers have no use for, on x86-64 and on arm64."""

import platform
from typing import Final

_NUMBERS: Final = """\
acct 163 89; add_key 248 217; adjtimex 159 171; arch_prctl 158 -; bpf 321 280;
cachestat 451 451; capset 126 91; chdir 80 49; chmod 90 -; chown 92 -; chroot 161 51;
clock_settime 227 112; clone 56 220; clone3 435 435; copy_file_range 326 285;
delete_module 176 106; epoll_create1 291 20; eventfd2 290 19; execve 59 221;
execveat 322 281; fallocate 285 47; fanotify_init 300 262; fchmodat 268 53;
fchmodat2 452 452; fchownat 260 54; file_setattr 469 469; finit_module 313 273; flock 73 32;
fork 57 -; fsmount 432 432; fsopen 430 430; fspick 433 433; ftruncate 77 46;
get_robust_list 274 100; init_module 175 105; inotify_init1 294 26; io_setup 206 0;
io_uring_setup 425 425; ioctl 16 29; ioperm 173 -; iopl 172 -; ioprio_set 251 30;
kcmp 312 272; kexec_load 246 104; keyctl 250 219; kill 62 129;
landlock_create_ruleset 444 444; linkat 265 37; lookup_dcookie 212 18;
lsm_set_self_attr 460 460; membarrier 324 283; memfd_create 319 279; memfd_secret 447 447;
migrate_pages 256 238; mkdirat 258 34; mknodat 259 33; mlock 149 228; mlockall 151 230;
mmap 9 222; modify_ldt 154 -; mount 165 40; mount_setattr 442 442; move_mount 429 429;
move_pages 279 239; mprotect 10 226; mq_open 240 180; mq_unlink 241 181; msgctl 71 187;
msgget 68 186; name_to_handle_at 303 264; open_by_handle_at 304 265; open_tree 428 428;
open_tree_attr 467 467; openat2 437 437; perf_event_open 298 241; personality 135 92;
pidfd_getfd 438 438; pidfd_open 434 434; pidfd_send_signal 424 424; pipe2 293 59;
pivot_root 155 41; pkey_mprotect 329 288; prctl 157 167; prlimit64 302 261;
process_madvise 440 440; process_mrelease 448 448; process_vm_readv 310 270;
process_vm_writev 311 271; ptrace 101 117; pwrite64 18 68; quotactl 179 60;
quotactl_fd 443 443; reboot 169 142; recvmsg 47 212; remap_file_pages 216 234;
removexattr 197 14; removexattrat 466 466; renameat2 316 276; request_key 249 218;
rt_sigqueueinfo 129 138; sched_setaffinity 203 122; sched_setattr 314 274;
sched_setparam 142 118; sched_setscheduler 144 119; seccomp 317 277; semctl 66 191;
semget 64 190; sendfile 40 71; sendmsg 46 211; set_mempolicy 238 237; setdomainname 171 162;
setfsuid 122 151; setgroups 116 159; sethostname 170 161; setitimer 38 103; setns 308 268;
setpgid 109 154; setpriority 141 140; setresgid 119 149; setresuid 117 147; setsid 112 157;
settimeofday 164 170; setuid 105 146; setxattr 188 5; setxattrat 463 463; shmctl 31 195;
shmget 29 194; signalfd4 289 74; socket 41 198; socketpair 53 199; splice 275 76;
swapoff 168 225; swapon 167 224; symlinkat 266 36; sync_file_range 277 84; syslog 103 116;
tgkill 234 131; timer_create 222 107; timerfd_create 283 85; tkill 200 130; truncate 76 45;
umask 95 166; umount2 166 39; unlinkat 263 35; unshare 272 97; userfaultfd 323 282;
utimensat 280 88; vhangup 153 58; vmsplice 278 75
"""
"""From `asm/unistd_64.h` and `asm-generic/unistd.h` of Linux 6.18; `-` where a machine lacks it."""


_HEADERS: Final = """\
access 21 -; add_key 248 217; bind 49 200; bpf 321 280; brk 12 214; capset 126 91; chmod 90 -;
chown 92 -; chroot 161 51; clock_getres 229 114; clock_gettime 228 113; clock_nanosleep 230 115;
clock_settime 227 112; clone 56 220; clone3 435 435; close 3 57; close_range 436 436; connect 42
203; delete_module 176 106; dup 32 23; execve 59 221; execveat 322 281; exit 60 93; exit_group
231 94; faccessat 269 48; faccessat2 439 439; fadvise64 221 223; fchmod 91 52; fchmodat 268 53;
fchown 93 55; fchownat 260 54; fcntl 72 25; finit_module 313 273; fork 57 -; fremovexattr 199
16; fsetxattr 190 7; fsopen 430 430; fstat 5 80; ftruncate 77 46; futex 202 98; futimesat 261 -;
getcpu 309 168; getcwd 79 17; getdents64 217 61; getegid 108 177; geteuid 107 175; getgid 104
176; getpid 39 172; getppid 110 173; getrandom 318 278; getrusage 98 165; gettid 186 178;
gettimeofday 96 169; getuid 102 174; init_module 175 105; io_uring_setup 425 425; ioctl 16 29;
kexec_file_load 320 294; kexec_load 246 104; keyctl 250 219; kill 62 129; lchown 94 -; link 86
-; linkat 265 37; lremovexattr 198 15; lseek 8 62; lsetxattr 189 6; lstat 6 -; madvise 28 233;
mmap 9 222; mount 165 40; move_mount 429 429; mprotect 10 226; mremap 25 216; msgget 68 186;
munmap 11 215; nanosleep 35 101; newfstatat 262 79; open 2 -; open_by_handle_at 304 265;
open_tree 428 428; openat 257 56; perf_event_open 298 241; pidfd_getfd 438 438; pidfd_open 434
434; pidfd_send_signal 424 424; pivot_root 155 41; poll 7 -; ppoll 271 73; prctl 157 167;
pread64 17 67; preadv 295 69; prlimit64 302 261; process_madvise 440 440; process_vm_readv 310
270; process_vm_writev 311 271; pselect6 270 72; ptrace 101 117; read 0 63; readlink 89 -;
readlinkat 267 78; readv 19 65; reboot 169 142; recvfrom 45 207; removexattr 197 14; rename 82
-; renameat 264 38; renameat2 316 276; request_key 249 218; restart_syscall 219 128; rmdir 84 -;
rseq 334 293; rt_sigaction 13 134; rt_sigprocmask 14 135; rt_sigqueueinfo 129 138; rt_sigreturn
15 139; rt_tgsigqueueinfo 297 240; sched_getaffinity 204 123; sched_yield 24 124; select 23 -;
semget 64 190; sendto 44 206; set_robust_list 273 99; set_tid_address 218 96; sethostname 170
161; setns 308 268; setresuid 117 147; settimeofday 164 170; setuid 105 146; setxattr 188 5;
shmat 30 196; shmget 29 194; sigaltstack 131 132; socket 41 198; stat 4 -; statx 332 291;
swapoff 168 225; swapon 167 224; symlink 88 -; symlinkat 266 36; sysinfo 99 179; tgkill 234 131;
time 201 -; times 100 153; tkill 200 130; truncate 76 45; umount2 166 39; uname 63 160; unlink
87 -; unlinkat 263 35; unshare 272 97; userfaultfd 323 282; utime 132 -; utimensat 280 88;
utimes 235 -; vfork 58 -; write 1 64; writev 20 66;
"""
"""What is allowed or deadly, as in `asm/unistd_64.h` and `asm-generic/unistd.h` of Debian's
linux-libc-dev 6.1.187: arm64 has no table of its own but uses the generic one. Written from these
headers, not from the lists that are tested."""


def golden(machine: str) -> dict[str, int | None]:
    """The numbers of both tables by name; None where the machine lacks a call."""
    column = 1 if machine == "x86_64" else 2
    rows = [row.split() for row in f"{_NUMBERS};{_HEADERS}".replace("\n", " ").split(";")]
    return {row[0]: None if row[column] == "-" else int(row[column]) for row in rows if row}


def numbers() -> dict[str, int]:
    """The numbers on this machine by name; what it lacks is left out."""
    found = golden("x86_64" if platform.machine() == "x86_64" else "aarch64")
    return {name: number for name, number in found.items() if number is not None}
