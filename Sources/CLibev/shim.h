#include <ev.h>
static inline int spoa_x(void){ return ev_version_major(); }
