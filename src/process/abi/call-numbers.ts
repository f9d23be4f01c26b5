/**
 * The system calls of Linux by number.
 *
 * In the tables a number is followed by the names of the calls from that number on. They are those of
 * Linux 6.10; not every kernel has every call.
 *
 * Source: Linux, include/uapi/asm-generic/unistd.h (RISC-V) and arch/sparc/kernel/syscalls/syscall.tbl.
 */

const RISCV = `
0 io_setup io_destroy io_submit io_cancel
5 setxattr lsetxattr fsetxattr getxattr lgetxattr fgetxattr listxattr llistxattr flistxattr removexattr
  lremovexattr fremovexattr getcwd lookup_dcookie eventfd2 epoll_create1 epoll_ctl epoll_pwait dup dup3
26 inotify_init1 inotify_add_watch inotify_rm_watch ioctl ioprio_set ioprio_get flock mknodat mkdirat
  unlinkat symlinkat linkat
39 umount2 mount pivot_root nfsservctl
47 fallocate faccessat chdir fchdir chroot fchmod fchmodat fchownat fchown openat close vhangup pipe2
  quotactl getdents64
63 read write readv writev pread64 pwrite64 preadv pwritev
74 signalfd4 vmsplice splice tee readlinkat
81 sync fsync fdatasync sync_file_range timerfd_create
89 acct capget capset personality exit exit_group waitid set_tid_address unshare
99 set_robust_list get_robust_list
102 getitimer setitimer kexec_load init_module delete_module timer_create
109 timer_getoverrun
111 timer_delete
116 syslog ptrace sched_setparam sched_setscheduler sched_getscheduler sched_getparam sched_setaffinity
  sched_getaffinity sched_yield sched_get_priority_max sched_get_priority_min
128 restart_syscall kill tkill tgkill sigaltstack rt_sigsuspend rt_sigaction rt_sigprocmask rt_sigpending
138 rt_sigqueueinfo rt_sigreturn setpriority getpriority reboot setregid setgid setreuid setuid setresuid
  getresuid setresgid getresgid setfsuid setfsgid times setpgid getpgid getsid setsid getgroups setgroups
  uname sethostname setdomainname
165 getrusage umask prctl getcpu
172 getpid getppid getuid geteuid getgid getegid gettid sysinfo mq_open mq_unlink
184 mq_notify mq_getsetattr msgget msgctl msgrcv msgsnd semget semctl
193 semop shmget shmctl shmat shmdt socket socketpair bind listen accept connect getsockname getpeername
  sendto recvfrom setsockopt getsockopt shutdown sendmsg recvmsg readahead brk munmap mremap add_key
  request_key keyctl clone execve
224 swapon swapoff mprotect msync mlock munlock mlockall munlockall mincore madvise remap_file_pages mbind
  get_mempolicy set_mempolicy migrate_pages move_pages rt_tgsigqueueinfo perf_event_open accept4
258 riscv_hwprobe riscv_flush_icache
261 prlimit64 fanotify_init fanotify_mark name_to_handle_at open_by_handle_at
267 syncfs setns sendmmsg process_vm_readv process_vm_writev kcmp finit_module sched_setattr sched_getattr
  renameat2 seccomp getrandom memfd_create bpf execveat userfaultfd membarrier mlock2 copy_file_range
  preadv2 pwritev2 pkey_mprotect pkey_alloc pkey_free statx
293 rseq kexec_file_load
424 pidfd_send_signal io_uring_setup io_uring_enter io_uring_register open_tree move_mount fsopen fsconfig
  fsmount fspick pidfd_open clone3 close_range openat2 pidfd_getfd faccessat2 process_madvise epoll_pwait2
  mount_setattr quotactl_fd landlock_create_ruleset landlock_add_rule landlock_restrict_self memfd_secret
  process_mrelease futex_waitv set_mempolicy_home_node cachestat fchmodat2 map_shadow_stack futex_wake
  futex_wait futex_requeue statmount listmount lsm_get_self_attr lsm_set_self_attr lsm_list_modules mseal
`;

const RISCV32 = `
25 fcntl64
43 statfs64 fstatfs64 truncate64 ftruncate64
62 llseek
71 sendfile64
222 mmap2 fadvise64_64
403 clock_gettime64 clock_settime64 clock_adjtime64 clock_getres_time64 clock_nanosleep_time64
  timer_gettime64 timer_settime64 timerfd_gettime64 timerfd_settime64 utimensat_time64 pselect6_time64
  ppoll_time64
416 io_pgetevents_time64 recvmmsg_time64 mq_timedsend_time64 mq_timedreceive_time64 semtimedop_time64
  rt_sigtimedwait_time64 futex_time64 sched_rr_get_interval_time64
`;

const RISCV64 = `
4 io_getevents
25 fcntl
43 statfs fstatfs truncate ftruncate
62 lseek
71 sendfile pselect6 ppoll
79 newfstatat fstat
86 timerfd_settime timerfd_gettime utimensat
98 futex
101 nanosleep
108 timer_gettime
110 timer_settime
112 clock_settime clock_gettime clock_getres clock_nanosleep
127 sched_rr_get_interval
137 rt_sigtimedwait
163 getrlimit setrlimit
169 gettimeofday settimeofday adjtimex
182 mq_timedsend mq_timedreceive
192 semtimedop
222 mmap fadvise64
243 recvmmsg
260 wait4
266 clock_adjtime
292 io_pgetevents
`;

const SPARC32 = `
0 restart_syscall exit fork read write open close wait4 creat link unlink execv chdir chown mknod chmod
  lchown brk perfctr lseek getpid capget capset setuid getuid vmsplice ptrace alarm sigaltstack pause
  utime lchown32 fchown32 access nice chown32 sync kill stat sendfile lstat dup pipe times getuid32
  umount2 setgid getgid signal geteuid getegid acct
53 getgid32 ioctl reboot mmap2 symlink readlink execve umask chroot fstat fstat64 getpagesize msync vfork
  pread64 pwrite64 geteuid32 getegid32 mmap setreuid32 munmap mprotect madvise vhangup truncate64 mincore
  getgroups setgroups getpgrp setgroups32 setitimer ftruncate64 swapon getitimer setuid32 sethostname
  setgid32 dup2 setfsuid32 fcntl select setfsgid32 fsync setpriority socket connect accept getpriority
  rt_sigreturn rt_sigaction rt_sigprocmask rt_sigpending rt_sigtimedwait rt_sigqueueinfo rt_sigsuspend
  setresuid32 getresuid32 setresgid32 getresgid32 setregid32 recvmsg sendmsg getgroups32 gettimeofday
  getrusage getsockopt getcwd readv writev settimeofday fchown fchmod recvfrom setreuid setregid rename
  truncate ftruncate flock lstat64 sendto shutdown socketpair mkdir rmdir utimes stat64 sendfile64
  getpeername futex gettid getrlimit setrlimit pivot_root prctl pciconfig_read pciconfig_write getsockname
  inotify_init inotify_add_watch poll getdents64 fcntl64 inotify_rm_watch statfs fstatfs umount
  sched_set_affinity sched_get_affinity getdomainname setdomainname
165 quotactl set_tid_address mount ustat setxattr lsetxattr fsetxattr getxattr lgetxattr getdents setsid
  fchdir fgetxattr listxattr llistxattr flistxattr removexattr lremovexattr sigpending query_module
  setpgid fremovexattr tkill exit_group uname init_module personality remap_file_pages epoll_create
  epoll_ctl epoll_wait ioprio_set getppid sigaction sgetmask ssetmask sigsuspend oldlstat uselib readdir
  readahead socketcall syslog lookup_dcookie fadvise64 fadvise64_64 tgkill waitpid swapoff sysinfo ipc
  sigreturn clone ioprio_get adjtimex sigprocmask create_module delete_module get_kernel_syms getpgid
  bdflush sysfs afs_syscall setfsuid setfsgid _newselect time splice stime statfs64 fstatfs64 _llseek
  mlock munlock mlockall munlockall sched_setparam sched_getparam sched_setscheduler sched_getscheduler
  sched_yield sched_get_priority_max sched_get_priority_min sched_rr_get_interval nanosleep mremap _sysctl
  getsid fdatasync nfsservctl sync_file_range clock_settime clock_gettime clock_getres clock_nanosleep
  sched_getaffinity sched_setaffinity timer_settime timer_gettime timer_getoverrun timer_delete
  timer_create vserver io_setup io_destroy io_submit io_cancel io_getevents mq_open mq_unlink mq_timedsend
  mq_timedreceive mq_notify mq_getsetattr waitid tee add_key request_key keyctl openat mkdirat mknodat
  fchownat futimesat fstatat64 unlinkat renameat linkat symlinkat readlinkat fchmodat faccessat pselect6
  ppoll unshare set_robust_list get_robust_list migrate_pages mbind get_mempolicy set_mempolicy kexec_load
  move_pages getcpu epoll_pwait utimensat signalfd timerfd_create eventfd fallocate timerfd_settime
  timerfd_gettime signalfd4 eventfd2 epoll_create1 dup3 pipe2 inotify_init1 accept4 preadv pwritev
  rt_tgsigqueueinfo perf_event_open recvmmsg fanotify_init fanotify_mark prlimit64 name_to_handle_at
  open_by_handle_at clock_adjtime syncfs sendmmsg setns process_vm_readv process_vm_writev kern_features
  kcmp finit_module sched_setattr sched_getattr renameat2 seccomp getrandom memfd_create bpf execveat
  membarrier userfaultfd bind listen setsockopt mlock2 copy_file_range preadv2 pwritev2 statx
  io_pgetevents pkey_mprotect pkey_alloc pkey_free rseq
393 semget semctl shmget shmctl shmat shmdt msgget msgsnd msgrcv msgctl clock_gettime64 clock_settime64
  clock_adjtime64 clock_getres_time64 clock_nanosleep_time64 timer_gettime64 timer_settime64
  timerfd_gettime64 timerfd_settime64 utimensat_time64 pselect6_time64 ppoll_time64
416 io_pgetevents_time64 recvmmsg_time64 mq_timedsend_time64 mq_timedreceive_time64 semtimedop_time64
  rt_sigtimedwait_time64 futex_time64 sched_rr_get_interval_time64 pidfd_send_signal io_uring_setup
  io_uring_enter io_uring_register open_tree move_mount fsopen fsconfig fsmount fspick pidfd_open
436 close_range openat2 pidfd_getfd faccessat2 process_madvise epoll_pwait2 mount_setattr quotactl_fd
  landlock_create_ruleset landlock_add_rule landlock_restrict_self
448 process_mrelease futex_waitv set_mempolicy_home_node cachestat fchmodat2 map_shadow_stack futex_wake
  futex_wait futex_requeue statmount listmount lsm_get_self_attr lsm_set_self_attr lsm_list_modules mseal
`;

function parse(table: string): Map<number, string> {
  const calls = new Map<number, string>();
  let number = 0;
  for (const word of table.trim().split(/\s+/)) {
    if (/^\d/.test(word)) number = Number(word);
    else calls.set(number++, word);
  }
  return calls;
}

export const riscv32Calls: ReadonlyMap<number, string> = parse(RISCV + RISCV32);
export const riscv64Calls: ReadonlyMap<number, string> = parse(RISCV + RISCV64);
export const sparc32Calls: ReadonlyMap<number, string> = parse(SPARC32);
