#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

int linux_set_dumpable(int is_dumpable) { return prctl(PR_SET_DUMPABLE, is_dumpable, 0, 0, 0); }

int linux_clear_groups(void) { return setgroups(0, NULL); }

/* For good: capabilities of the bounding set could come back with a program that is executed. */
static int drop_capabilities(void) {
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {{0}};
    if (syscall(SYS_capset, &header, none) != 0) return -1;
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

int linux_become(unsigned int uid, unsigned int gid) {
    if (uid == 0) return setresgid(gid, gid, gid);
    /* Until EINVAL, past the last one of this kernel. Without CAP_SETPCAP it is EPERM at once, and no loss: the last call below
     * shuts the same door. */
    for (unsigned long capability = 0; prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) == 0; capability++) {}
    if (setresgid(gid, gid, gid) != 0 || setresuid(uid, uid, uid) != 0 || drop_capabilities() != 0) return -1;
    /* Whoever can go back has given up nothing. */
    if (setresuid(0, 0, 0) != 0) return 0;
    errno = EPERM;
    return -1;
}

int linux_set_groups(const unsigned int *groups, unsigned long count) { return setgroups(count, groups); }
